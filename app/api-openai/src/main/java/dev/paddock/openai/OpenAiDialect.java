package dev.paddock.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.server.spi.Dialect;
import dev.paddock.server.spi.Platform;
import dev.paddock.server.spi.Problem;
import dev.paddock.server.spi.Reply;
import dev.paddock.server.spi.RequestHead;
import dev.paddock.server.spi.Route;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** OpenAI's API. */
public final class OpenAiDialect implements Dialect {
  private static final String ROOT = "/v1/";
  private static final Set<String> OFFERED =
      Set.of("models", "chat", "responses", "embeddings", "files");
  private static final Map<String, String> MISSING = missing();

  private static Map<String, String> missing() {
    Map<String, String> out = new LinkedHashMap<>();
    out.put("assistants", "Assistants");
    out.put("threads", "Assistants threads");
    out.put("batches", "Batches");
    out.put("fine_tuning", "Fine-tuning");
    out.put("images", "Images");
    out.put("audio", "Audio");
    out.put("moderations", "Moderations");
    out.put("realtime", "Realtime");
    out.put("vector_stores", "Vector stores");
    out.put("uploads", "Multipart uploads");
    out.put("evals", "Evals");
    out.put("containers", "Containers");
    out.put("videos", "Videos");
    out.put("conversations", "Conversations");
    out.put("completions", "Legacy completions");
    out.put("chatkit", "ChatKit");
    out.put("organization", "Organization administration");
    return out;
  }

  @Override
  public String name() {
    return "openai";
  }

  @Override
  public List<Route> routes(Platform platform) {
    Files files = new Files(platform);
    List<Route> out = new ArrayList<>();
    out.addAll(new ModelRoutes(platform).routes());
    out.addAll(new ChatRoutes(platform, files).routes());
    out.addAll(new ResponseRoutes(platform, files).routes());
    out.addAll(new EmbeddingRoutes(platform).routes());
    out.addAll(new FileRoutes(files).routes());
    return out;
  }

  @Override
  public List<NotOffered> notOffered() {
    List<NotOffered> out = new ArrayList<>();
    MISSING.forEach(
        (path, feature) -> {
          out.add(new NotOffered("*", ROOT + path, feature));
          out.add(new NotOffered("*", ROOT + path + "/**", feature));
        });
    return out;
  }

  @Override
  public boolean claims(RequestHead head) {
    if (head.header("anthropic-version").isPresent() || !head.path().startsWith(ROOT)) {
      return false;
    }
    int end = head.path().indexOf('/', ROOT.length());
    String family = head.path().substring(ROOT.length(), end < 0 ? head.path().length() : end);
    return OFFERED.contains(family) || MISSING.containsKey(family);
  }

  @Override
  public Reply.Json error(Problem problem, String requestId) {
    Map<String, String> headers = new LinkedHashMap<>();
    if (!problem.code().retryable()) {
      headers.put("x-should-retry", "false");
    }
    return new Reply.Json(problem.status(), headers, errorBody(problem));
  }

  private static ObjectNode errorBody(Problem problem) {
    ObjectNode out = Json.object();
    ObjectNode error = out.putObject("error");
    error.put("message", problem.message()).put("type", type(problem.status()));
    error.put("param", problem.field().orElse(null));
    error.put("code", problem.detailCode().or(() -> code(problem.code())).orElse(null));
    return out;
  }

  private static String type(int status) {
    return switch (status) {
      case 401 -> "authentication_error";
      case 403 -> "permission_error";
      case 429 -> "rate_limit_error";
      default -> status >= 500 ? "server_error" : "invalid_request_error";
    };
  }

  /** The word that OpenAI has for a failure, where it has one. */
  static Optional<String> code(ErrorCode code) {
    return switch (code) {
      case UNAUTHENTICATED -> Optional.of("invalid_api_key");
      case RATE_LIMITED -> Optional.of("rate_limit_exceeded");
      case OVERLOADED -> Optional.of("overloaded");
      case TIMEOUT -> Optional.of("timeout");
      case CONTENT_REFUSED -> Optional.of("content_filter");
      case INVALID_REQUEST,
          LIMIT_EXCEEDED,
          NOT_FOUND,
          CONFLICT,
          PERMISSION_DENIED,
          ISOLATION_MISSING,
          PART_MISSING,
          NEWER_VERSION,
          CORRUPT,
          READ_ONLY,
          DISK_FULL,
          CANCELLED,
          UNAVAILABLE,
          BUSY,
          INTERNAL ->
          Optional.empty();
    };
  }
}
