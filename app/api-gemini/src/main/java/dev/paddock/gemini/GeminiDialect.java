package dev.paddock.gemini;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.server.spi.Dialect;
import dev.paddock.server.spi.Platform;
import dev.paddock.server.spi.Problem;
import dev.paddock.server.spi.Reply;
import dev.paddock.server.spi.RequestHead;
import dev.paddock.server.spi.Route;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Gemini's Interactions API: interactions, environments with their files, agents. */
public final class GeminiDialect implements Dialect {
  private static final String ROOT = "/v1beta/";
  private static final String UPLOADS = "/upload/v1beta/";

  @Override
  public String name() {
    return "gemini";
  }

  @Override
  public List<Route> routes(Platform platform) {
    Environments environments = new Environments(platform);
    Agents agents = new Agents(platform);
    InteractionPlan plan = new InteractionPlan(platform, agents, environments);
    Interactions interactions = new Interactions(platform, plan, environments);
    return Stream.of(
            new InteractionsResource(platform, interactions).routes(),
            new EnvironmentsResource(platform, environments).routes(),
            new FilesResource(platform, environments).routes(),
            new AgentsResource(platform, agents).routes())
        .flatMap(List::stream)
        .toList();
  }

  @Override
  public List<NotOffered> notOffered() {
    return Stream.of(
            Map.entry("triggers", "triggers"),
            Map.entry("webhooks", "webhooks"),
            Map.entry("credentials", "credentials"),
            Map.entry("voices", "voices"),
            Map.entry("models", "the models of the Gemini API"),
            Map.entry("files", "the files of the Gemini API"),
            Map.entry("cachedContents", "cached contents"),
            Map.entry("batches", "batches"),
            Map.entry("tunedModels", "tuned models"),
            Map.entry("fileSearchStores", "file search stores"))
        .flatMap(
            entry ->
                Stream.of(ROOT, UPLOADS)
                    .map(
                        root ->
                            new NotOffered("*", root + entry.getKey() + "/**", entry.getValue())))
        .toList();
  }

  @Override
  public boolean claims(RequestHead head) {
    return head.path().startsWith(ROOT) || head.path().startsWith(UPLOADS);
  }

  @Override
  public Reply.Json error(Problem problem, String requestId) {
    ObjectNode body = Json.object();
    ObjectNode error = body.putObject("error");
    error.put("code", problem.status()).put("message", problem.message());
    error.put("status", status(problem.status(), problem));
    problem
        .field()
        .ifPresent(
            field -> {
              ObjectNode detail = error.putArray("details").addObject();
              detail.put("@type", "type.googleapis.com/google.rpc.BadRequest");
              detail
                  .putArray("fieldViolations")
                  .addObject()
                  .put("field", field)
                  .put("description", problem.message());
            });
    return new Reply.Json(problem.status(), Map.of(), body);
  }

  /** The name of the code in {@code google.rpc.Code}. */
  private static String status(int http, Problem problem) {
    return switch (problem.code()) {
      case CONFLICT -> http == 400 ? "FAILED_PRECONDITION" : "ALREADY_EXISTS";
      case INVALID_REQUEST, CONTENT_REFUSED -> "INVALID_ARGUMENT";
      case NOT_FOUND -> "NOT_FOUND";
      case PERMISSION_DENIED -> "PERMISSION_DENIED";
      case UNAUTHENTICATED -> "UNAUTHENTICATED";
      case LIMIT_EXCEEDED -> "OUT_OF_RANGE";
      case RATE_LIMITED -> "RESOURCE_EXHAUSTED";
      case CANCELLED -> "CANCELLED";
      case TIMEOUT -> "DEADLINE_EXCEEDED";
      case ISOLATION_MISSING, PART_MISSING, READ_ONLY, DISK_FULL, OVERLOADED, UNAVAILABLE, BUSY ->
          "UNAVAILABLE";
      case CORRUPT, NEWER_VERSION, INTERNAL -> "INTERNAL";
    };
  }
}
