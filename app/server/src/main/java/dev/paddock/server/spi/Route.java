package dev.paddock.server.spi;

import java.io.IOException;

/**
 * One method of one path.
 *
 * @param path a template such as {@code /v1/sessions/{id}/events}; a parameter spans one segment,
 *     {@code {name**}} as the last one spans the rest
 * @param limits what a request may bring
 */
public record Route(String method, String path, Scope scope, Limits limits, Handler handler) {

  /** Answers a request on a virtual thread. What it throws becomes an error of the dialect. */
  @FunctionalInterface
  public interface Handler {
    Reply handle(Request request) throws IOException, InterruptedException;
  }

  /** What a caller's key must allow. */
  public enum Scope {
    READ,
    WRITE,
    ADMIN
  }

  /**
   * Limits of a request.
   *
   * @param bodyBytes more is {@code 413}
   */
  public record Limits(long bodyBytes) {
    public static final Limits JSON = new Limits(32L << 20);
    public static final Limits UPLOAD = new Limits(512L << 20);
  }

  public static Route get(String path, Handler handler) {
    return new Route("GET", path, Scope.READ, Limits.JSON, handler);
  }

  public static Route post(String path, Handler handler) {
    return new Route("POST", path, Scope.WRITE, Limits.JSON, handler);
  }

  public static Route delete(String path, Handler handler) {
    return new Route("DELETE", path, Scope.WRITE, Limits.JSON, handler);
  }

  public Route with(Limits allowed) {
    return new Route(method, path, scope, allowed, handler);
  }

  public Route with(Scope needed) {
    return new Route(method, path, needed, limits, handler);
  }
}
