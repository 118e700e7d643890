package dev.paddock.gemini;

import dev.paddock.server.spi.Request;
import dev.paddock.server.spi.ServerException;
import java.util.Optional;

/** Parameters of a request's query. */
final class Query {
  private Query() {}

  static boolean flag(Request request, String name) {
    String text = request.head().query(name).orElse("false");
    return switch (text) {
      case "true", "True", "1" -> true;
      case "false", "False", "0", "" -> false;
      default -> throw ServerException.invalid(name, "must be true or false");
    };
  }

  static int pageSize(Request request, int usual, int most) {
    Optional<String> text =
        request.head().query("page_size").or(() -> request.head().query("pageSize"));
    if (text.isEmpty() || text.get().isEmpty()) {
      return usual;
    }
    if (!text.get().matches("\\d{1,9}")) {
      throw ServerException.invalid("page_size", "must be a whole number");
    }
    int size = Integer.parseInt(text.get());
    return size == 0 ? usual : Math.min(size, most);
  }

  /** Empty for the first page. */
  static Optional<String> pageToken(Request request) {
    return request
        .head()
        .query("page_token")
        .or(() -> request.head().query("pageToken"))
        .filter(token -> !token.isEmpty());
  }
}
