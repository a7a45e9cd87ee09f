/** The part of k6's Redis client (github.com/grafana/xk6-redis) that is used. */
declare module 'k6/x/redis' {
  /** A client of one server; it connects with its first command. */
  export class Client {
    /** `redis[s]://[user[:password]@]host[:port][/database][?option=value]`, with the options of go-redis. */
    constructor(url: string);
    /** Rejects with a text that is no Error: what the server or the network said; `redis: nil` where there is no value. */
    sendCommand(command: string, ...args: (string | number)[]): Promise<unknown>;
  }
}
