-- Everybody is a user; the password is "open".
local new_sasl = require "util.sasl".new;

local provider = {};

function provider.user_exists() return true; end

function provider.get_sasl_handler()
	return new_sasl(module.host, {
		plain_test = function (_, _, password) return password == "open", true; end
	});
end

module:provides("auth", provider);
