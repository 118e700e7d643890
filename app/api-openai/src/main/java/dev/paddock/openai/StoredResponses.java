package dev.paddock.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.core.ProviderState;
import dev.paddock.core.WorkspaceId;
import dev.paddock.core.spi.Change;
import dev.paddock.core.spi.Resource;
import dev.paddock.core.spi.ResourceFilter;
import dev.paddock.core.spi.Resources;
import dev.paddock.server.spi.Platform;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;

/**
 * Responses in the store. While one is made, a small document beside it says who makes it and until
 * when; once that time has passed, anyone may take it over.
 *
 * <p>A response's document: {@code response} as it is shown, {@code input}, {@code request} while
 * it is made, {@code state} for its provider, {@code events} as the address of a blob.
 */
final class StoredResponses {
  static final String KIND = "response";
  static final String JOB = "response_job";
  static final Duration LEASE = Duration.ofSeconds(20);
  private static final int LONGEST_CHAIN = 1_000;
  private static final int MAX_JOBS = 200;

  private final Resources resources;
  private final Clock clock;

  StoredResponses(Platform platform) {
    resources = platform.resources();
    clock = platform.clock();
  }

  static ObjectNode document(ResponseRequest asked, ObjectNode response) {
    ObjectNode out = Json.object();
    out.set("response", response.deepCopy());
    out.set("input", asked.input());
    return out;
  }

  /** Stores a response that is whole. */
  void create(WorkspaceId workspace, ObjectNode document) {
    String id = document.path("response").path("id").asText();
    resources.create(KIND, id, workspace, document);
  }

  /** Stores a response that will be made by {@code holder}. */
  ResponseJob begin(
      WorkspaceId workspace, ResponseRequest asked, ObjectNode response, String holder) {
    ObjectNode document = document(asked, response);
    document.set("request", asked.body());
    String id = response.path("id").asText();
    ObjectNode job = Json.object().put("background", asked.background()).put("attempts", 1);
    List<Resource> made =
        resources.apply(
            List.of(
                new Change.Create(KIND, id, workspace, document),
                new Change.Create(JOB, id, workspace, lease(job, holder))));
    return new ResponseJob(this, made.getFirst(), made.getLast(), holder);
  }

  ObjectNode lease(ObjectNode job, String holder) {
    return job.put("holder", holder).put("until", clock.instant().plus(LEASE).toEpochMilli());
  }

  /** Takes over what another one has left; empty when it is still being made, or made. */
  Optional<ResponseJob> takeOver(String id, String holder) {
    Optional<Resource> job = resources.find(JOB, id).filter(this::isLeft);
    Optional<Resource> response = resources.find(KIND, id);
    if (job.isEmpty() || response.isEmpty()) {
      return Optional.empty();
    }
    ObjectNode document = job.get().document().deepCopy();
    document.put("attempts", document.path("attempts").asInt() + 1);
    Resource taken = resources.update(JOB, id, job.get().version(), lease(document, holder));
    return Optional.of(new ResponseJob(this, response.get(), taken, holder));
  }

  private boolean isLeft(Resource job) {
    return job.document().path("until").asLong() < clock.millis();
  }

  List<String> left() {
    return resources.list(ResourceFilter.newest(JOB, MAX_JOBS)).stream()
        .filter(this::isLeft)
        .map(Resource::id)
        .toList();
  }

  Resources resources() {
    return resources;
  }

  Optional<Resource> find(WorkspaceId workspace, String id) {
    return resources.find(KIND, id).filter(stored -> stored.workspaceId().equals(workspace));
  }

  Resource existing(WorkspaceId workspace, String id) {
    return find(workspace, id).orElseThrow(() -> Refusal.notFound("response", id));
  }

  /** Ends what runs too. */
  void delete(String id) {
    resources.apply(
        List.of(
            new Change.Delete(JOB, id, Optional.empty()),
            new Change.Delete(KIND, id, Optional.empty())));
  }

  /** Says that a response is cancelled; whoever makes it finds that out. */
  ObjectNode cancel(Resource stored) {
    ObjectNode document = stored.document().deepCopy();
    document.remove("request");
    document.withObject("/response").put("status", "cancelled");
    List<Resource> made =
        resources.apply(
            List.of(
                new Change.Update(KIND, stored.id(), stored.version(), document),
                new Change.Delete(JOB, stored.id(), Optional.empty())));
    return response(made.getFirst());
  }

  static ObjectNode response(Resource stored) {
    return stored.document().withObject("/response");
  }

  static boolean isFinished(Resource stored) {
    return switch (response(stored).path("status").asText()) {
      case "queued", "in_progress" -> false;
      default -> true;
    };
  }

  /** Reads a response and all those before it into a conversation, oldest first. */
  void replay(WorkspaceId workspace, String id, ResponseItems items) {
    ArrayDeque<Resource> chain = new ArrayDeque<>();
    Optional<String> next = Optional.of(id);
    while (next.isPresent()) {
      String wanted = next.get();
      Resource stored =
          find(workspace, wanted)
              .orElseThrow(
                  () ->
                      Refusal.of(
                          "previous_response_id",
                          "previous_response_not_found",
                          "Previous response with id '%s' not found."
                              .formatted(Refusal.shown(wanted))));
      requireUsable(stored);
      chain.addFirst(stored);
      if (chain.size() > LONGEST_CHAIN) {
        throw Refusal.value(
            "previous_response_id", id, "at most %,d responses in a row".formatted(LONGEST_CHAIN));
      }
      next = Optional.ofNullable(response(stored).path("previous_response_id").textValue());
    }
    for (Resource stored : chain) {
      items.add(stored.document().path("input"), "previous input", Optional.empty());
      items.add(response(stored).path("output"), "previous output", state(stored));
    }
  }

  private static void requireUsable(Resource stored) {
    String status = response(stored).path("status").asText();
    if (!status.equals("completed") && !status.equals("incomplete")) {
      throw Refusal.of(
          "previous_response_id",
          "invalid_value",
          "Previous response '%s' is %s; only a finished one can be continued."
              .formatted(stored.id(), status));
    }
  }

  private static Optional<ProviderState> state(Resource stored) {
    JsonNode state = stored.document().path("state");
    return state.isObject()
        ? Optional.of(new ProviderState(state.path("provider").asText(), state.path("value")))
        : Optional.empty();
  }
}
