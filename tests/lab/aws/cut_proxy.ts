/** A TCP proxy in front of an emulator that can drop every connection for a while, as a network does. */

type Trigger = (text: string) => boolean;

export class CutProxy {
  readonly #listener: Deno.TcpListener;
  readonly #target: number;
  readonly #open = new Set<Deno.TcpConn>();
  #cutUntil = 0;
  #trigger: { readonly on: Trigger; readonly milliseconds: number } | undefined;
  /** Whether the trigger has fired. */
  fired = false;

  private constructor(target: number) {
    this.#target = target;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  }

  static start(target: number): CutProxy {
    const proxy = new CutProxy(target);
    void proxy.#serve();
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#listener.addr.port}`;
  }

  /** At the first request with such a text: drops all connections, and every new one for so long. */
  cutAt(on: Trigger, milliseconds: number): void {
    this.#trigger = { on, milliseconds };
    this.fired = false;
  }

  stop(): void {
    this.#listener.close();
    this.#drop();
  }

  #drop(): void {
    for (const connection of this.#open) close(connection);
    this.#open.clear();
  }

  async #serve(): Promise<void> {
    for await (const client of this.#listener) {
      if (Date.now() < this.#cutUntil) close(client);
      else void this.#join(client).catch(() => close(client));
    }
  }

  async #join(client: Deno.TcpConn): Promise<void> {
    const server = await Deno.connect({ hostname: "127.0.0.1", port: this.#target });
    this.#open.add(client).add(server);
    await Promise.allSettled([this.#pass(client, server, true), this.#pass(server, client, false)]);
    for (const connection of [client, server]) {
      close(connection);
      this.#open.delete(connection);
    }
  }

  async #pass(from: Deno.TcpConn, to: Deno.TcpConn, requests: boolean): Promise<void> {
    const buffer = new Uint8Array(64 * 1024);
    for (let count = await from.read(buffer); count !== null; count = await from.read(buffer)) {
      const bytes = buffer.slice(0, count);
      if (requests && this.#trigger?.on(new TextDecoder().decode(bytes))) {
        this.#cutUntil = Date.now() + this.#trigger.milliseconds;
        this.#trigger = undefined;
        this.fired = true;
        return this.#drop();
      }
      for (let at = 0; at < bytes.length;) at += await to.write(bytes.subarray(at));
    }
  }
}

function close(connection: Deno.TcpConn): void {
  try {
    connection.close();
  } catch {
    // Either side may have closed it.
  }
}
