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
  private static final String BETA = "/v1beta";

  /** Newer clients ask for version 1 by themselves; its paths are partly other vendors' too. */
  private static final List<String> ROOTS = List.of(BETA, "/v1");

  private static final String KEY = "x-goog-api-key";

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
    interactions.takeUp();
    InteractionsResource sessions = new InteractionsResource(platform, interactions);
    EnvironmentsResource workspaces = new EnvironmentsResource(platform, environments);
    FilesResource files = new FilesResource(platform, environments);
    AgentsResource definitions = new AgentsResource(platform, agents);
    return ROOTS.stream()
        .flatMap(
            root ->
                Stream.of(
                    sessions.routes(root),
                    workspaces.routes(root),
                    files.routes(root),
                    definitions.routes(root)))
        .flatMap(List::stream)
        .toList();
  }

  @Override
  public List<NotOffered> notOffered() {
    Stream<NotOffered> both =
        Stream.of("triggers", "webhooks", "credentials", "voices")
            .flatMap(name -> ROOTS.stream().map(root -> missing(root, name, name)));
    Stream<NotOffered> beta =
        Stream.of(
            missing(BETA, "models", "the models of the Gemini API"),
            missing(BETA, "files", "the files of the Gemini API"),
            missing("/upload" + BETA, "files", "the files of the Gemini API"),
            missing(BETA, "cachedContents", "cached contents"),
            missing(BETA, "batches", "batches"),
            missing(BETA, "tunedModels", "tuned models"),
            missing(BETA, "fileSearchStores", "file search stores"));
    return Stream.concat(both, beta).toList();
  }

  private static NotOffered missing(String root, String name, String feature) {
    return new NotOffered("*", root + "/" + name + "/**", feature);
  }

  @Override
  public boolean claims(RequestHead head) {
    return head.path().startsWith(BETA + "/")
        || head.path().startsWith("/upload/")
        || head.header(KEY).isPresent();
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
