// gitlab-ci-local uses what Node has since 22.
Set.prototype.union ??= function (other) {
  return new Set([...this, ...other.keys()]);
};
