package dev.paddock.server.spi;

import java.util.List;

/**
 * One vendor's API. Found by {@link java.util.ServiceLoader}; several may have the same route, then
 * the first one that {@linkplain #claims claims} the request answers it.
 */
public interface Dialect {
  /** A short name for logs and metrics, such as {@code anthropic}. */
  String name();

  /** The routes that this release offers. */
  List<Route> routes(Platform platform);

  /** Templates that the vendor has and this release lacks; answered as not found, by name. */
  List<NotOffered> notOffered();

  /** Whether a request is meant for this dialect, judged by its path and headers alone. */
  boolean claims(RequestHead head);

  /** The body of an error, in the dialect's own shape. */
  Reply.Json error(Problem problem, String requestId);

  /**
   * A part of the vendor's API that is not there yet.
   *
   * @param method or {@code *}
   * @param path a template; a last segment {@code **} stands for any rest
   */
  record NotOffered(String method, String path, String feature) {}
}
