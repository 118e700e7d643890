package dev.paddock.checks;

import dev.paddock.checks.ApiRoutes.ApiRoute;
import dev.paddock.checks.FuzzBodies.Body;
import dev.paddock.server.spi.Dialect;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes requests, each from its number and the seed, and from what is known to be there. */
final class FuzzRequests {
  private static final int HUGE_EVERY = 10_007;
  private static final Pattern PARAMETER = Pattern.compile("\\{\\w+}");
  private static final byte[] NO_BODY = new byte[0];
  private final ApiRoutes routes;
  private final FuzzBodies bodies;
  private final FuzzIds ids;
  private final List<ApiRoute> writing;
  private final long seed;

  FuzzRequests(ApiRoutes routes, FuzzBodies bodies, FuzzIds ids, long seed) {
    this.routes = routes;
    this.bodies = bodies;
    this.ids = ids;
    this.seed = seed;
    this.writing = routes.offered().stream().filter(ApiRoute::takesBody).toList();
  }

  /** A request as it should be. */
  FuzzRequest valid(ApiRoute route, int index) {
    Random random = new Random(seed + index);
    return request(
        route,
        path(route, collection -> ids.first(route.dialect().name(), collection)),
        "",
        headers(route),
        bodies.valid(route, index, ids, random),
        true);
  }

  FuzzRequest next(long number) {
    Random random = new Random(seed * 1_000_003 + number);
    random.nextLong();
    if (number % HUGE_EVERY == HUGE_EVERY - 1) {
      ApiRoute route = one(writing, random);
      return request(route, path(route, random), "", headers(route), FuzzBodies.huge(), false);
    }
    ApiRoute route =
        switch (random.nextInt(10)) {
          case 0, 1, 2 -> one(routes.offered(), random);
          case 3 -> one(routes.missing(), random);
          default -> one(writing, random);
        };
    String path = path(route, random);
    String query = route.takesBody() && random.nextInt(8) > 0 ? "" : query(random);
    Body body = route.takesBody() ? body(route, random) : new Body("", "");
    List<String> headers = headers(route);
    return switch (random.nextInt(20)) {
      case 0, 1 -> request(route, oddPath(path, random), query, headers, body, false);
      case 2 ->
          request(
              new ApiRoute(route.dialect(), one(FuzzWords.METHODS, random), route.template()),
              path,
              query,
              headers,
              body,
              false);
      case 3, 4 -> request(route, path, query, odd(headers, random), body, false);
      case 5 ->
          request(route, path, query, headers, body, false)
              .damaged(oddHead(route, path, body, random));
      default -> request(route, path, query, headers, body, !query.contains("%"));
    };
  }

  private Body body(ApiRoute route, Random random) {
    return switch (random.nextInt(20)) {
      case 0, 1 -> bodies.any(route, ids, random);
      case 2 -> FuzzBodies.whole(random);
      case 3, 4, 5 -> bodies.damaged(route, ids, random);
      default -> bodies.spoiled(route, ids, random);
    };
  }

  private static <T> T one(List<T> all, Random random) {
    return all.get(random.nextInt(all.size()));
  }

  private FuzzRequest request(
      ApiRoute route, String path, String query, List<String> headers, Body body, boolean certain) {
    List<String> all = new ArrayList<>(headers);
    boolean typed = headers.stream().anyMatch(header -> header.startsWith("Content-Type:"));
    if (!body.type().isEmpty() && !typed) {
      all.add("Content-Type: " + body.type());
    }
    Optional<String> shape =
        certain
            ? routes.answering(route, path, named(headers)).map(Dialect::name)
            : Optional.empty();
    return FuzzRequest.of(
        route.dialect().name(),
        route.method(),
        path,
        query,
        all,
        route.takesBody() ? body.bytes() : NO_BODY,
        shape);
  }

  private static Map<String, List<String>> named(List<String> headers) {
    Map<String, List<String>> named = new LinkedHashMap<>();
    for (String header : headers) {
      int colon = header.indexOf(':');
      named.put(
          header.substring(0, colon).toLowerCase(Locale.ROOT),
          List.of(header.substring(colon + 1).strip()));
    }
    return named;
  }

  private static List<String> headers(ApiRoute route) {
    List<String> headers = new ArrayList<>(List.of("Host: 127.0.0.1"));
    switch (route.dialect().name()) {
      case "anthropic" -> {
        headers.add("x-api-key: " + ServerUnderTest.KEY);
        headers.add("anthropic-version: 2023-06-01");
      }
      case "gemini" -> headers.add("x-goog-api-key: " + ServerUnderTest.KEY);
      default -> headers.add("Authorization: Bearer " + ServerUnderTest.KEY);
    }
    return headers;
  }

  private static List<String> odd(List<String> headers, Random random) {
    List<String> odd = new ArrayList<>(headers);
    if (random.nextInt(10) == 0) {
      odd.removeIf(header -> header.contains(ServerUnderTest.KEY));
    }
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      odd.add(one(FuzzWords.HEADERS, random));
    }
    return odd;
  }

  private String path(ApiRoute route, Random random) {
    return path(
        route, collection -> ids.pick(route.dialect().name(), collection, route.ends(), random));
  }

  private static String path(ApiRoute route, UnaryOperator<String> idOf) {
    StringBuilder path = new StringBuilder();
    for (String segment : route.template().substring(1).split("/", -1)) {
      String collection = path.toString();
      path.append('/');
      if (segment.equals("**")) {
        path.append('x');
      } else if (segment.contains("**}")) {
        path.append(collection.endsWith("/models") ? "openai/scripted" : "a/b.txt");
      } else {
        String id = Matcher.quoteReplacement(idOf.apply(collection));
        path.append(PARAMETER.matcher(segment).replaceAll(id));
      }
    }
    return path.toString();
  }

  private static String oddPath(String path, Random random) {
    List<String> segments = new ArrayList<>(List.of(path.split("/", -1)));
    int at = 1 + random.nextInt(segments.size() - 1);
    switch (random.nextInt(4)) {
      case 0 -> segments.add(at, one(FuzzWords.SEGMENTS, random));
      case 1 -> segments.add(one(FuzzWords.SEGMENTS, random));
      default ->
          segments.set(
              random.nextInt(3) > 0 ? segments.size() - 1 : at, one(FuzzWords.SEGMENTS, random));
    }
    return String.join("/", segments);
  }

  private static String query(Random random) {
    StringBuilder query = new StringBuilder();
    for (int i = random.nextInt(3); i > 0; i--) {
      query.append(query.isEmpty() ? '?' : '&');
      query.append(one(FuzzWords.NAMES, random)).append('=').append(one(FuzzWords.VALUES, random));
    }
    return query.toString();
  }

  /** A head whose end, length or version is not what it seems. */
  private String oddHead(ApiRoute route, String path, Body body, Random random) {
    String line = route.method() + " " + path + " ";
    String lines = String.join("\r\n", headers(route)) + "\r\nContent-Type: application/json\r\n";
    int length = body.bytes().length;
    String counted = "Content-Length: " + length + "\r\n";
    String usual = line + "HTTP/1.1\r\n" + lines + counted + "\r\n";
    String open = line + "HTTP/1.1\r\n" + lines;
    return switch (random.nextInt(16)) {
      case 0 -> line + one(FuzzWords.VERSIONS, random) + "\r\n" + lines + counted + "\r\n";
      case 1 -> open + counted + "Content-Length: " + (length + 1) + "\r\n\r\n";
      case 2 -> open + counted + counted + "\r\n";
      case 3 -> open + counted + "Transfer-Encoding: chunked\r\n\r\n";
      case 4 -> open + "Transfer-Encoding: chunked\r\n\r\n";
      case 5 ->
          open + "Transfer-Encoding: gzip, chunked\r\n\r\n" + Integer.toHexString(length) + "\r\n";
      case 6 -> open + "Content-Length: -1\r\n\r\n";
      case 7 -> open + "Content-Length: 99999999999999999999\r\n\r\n";
      case 8 -> open + "Content-Length: " + (length + 5) + "\r\n\r\n";
      case 9 -> open + "X-Huge: " + "y".repeat(100_000) + "\r\n" + counted + "\r\n";
      case 10 -> open + "X: y\r\n".repeat(3000) + counted + "\r\n";
      case 11 -> usual.replace("\r\n", "\n");
      case 12 -> open + " folded: x\r\n" + counted + "\r\n";
      case 13 ->
          open
              + "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: x\r\n"
              + counted
              + "\r\n";
      default -> FuzzBodies.damage(usual, random);
    };
  }
}
