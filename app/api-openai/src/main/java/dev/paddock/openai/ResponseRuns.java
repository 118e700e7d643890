package dev.paddock.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Ids;
import dev.paddock.core.PaddockException;
import dev.paddock.core.WorkspaceId;
import dev.paddock.core.spi.Resource;
import dev.paddock.server.spi.Platform;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The responses that this process makes. What another process left behind when it ended is taken
 * over: in the background it is made again, else it ends as failed.
 */
final class ResponseRuns {
  private static final Duration SWEEP = Duration.ofSeconds(10);

  private final Platform platform;
  private final Files files;
  private final StoredResponses stored;
  private final String holder = Ids.next("node");
  private final Map<String, ResponseRun> running = new ConcurrentHashMap<>();

  ResponseRuns(Platform platform, Files files, StoredResponses stored) {
    this.platform = platform;
    this.files = files;
    this.stored = stored;
  }

  ResponseRun start(WorkspaceId workspace, ResponseRequest asked) {
    String id = Ids.next("resp");
    ResponseRun run =
        new ResponseRun(
            platform,
            asked,
            id,
            platform.clock().instant().getEpochSecond(),
            response ->
                asked.store()
                    ? Optional.of(stored.begin(workspace, asked, response, holder))
                    : Optional.empty(),
            document -> stored.create(workspace, document));
    start(id, run);
    return run;
  }

  private void start(String id, ResponseRun run) {
    running.put(id, run);
    boolean started = false;
    try {
      run.start(() -> running.remove(id, run));
      started = true;
    } finally {
      if (!started) {
        running.remove(id, run);
      }
    }
  }

  Optional<ResponseRun> find(String id) {
    return Optional.ofNullable(running.get(id));
  }

  /** Looks after what was left behind for as long as the process runs. */
  void watch() {
    Thread.ofVirtual()
        .name("responses")
        .start(
            () -> {
              try {
                while (sweep()) {
                  Thread.sleep(SWEEP);
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }

  /** False when the store is of no use any more. */
  private boolean sweep() {
    try {
      stored.left().forEach(this::revive);
      return true;
    } catch (PaddockException e) {
      return e.retryable() || e.code() == ErrorCode.CONFLICT;
    }
  }

  /** Sees to a response that nobody makes any more. */
  void revive(String id) {
    if (running.containsKey(id)) {
      return;
    }
    Optional<ResponseJob> left;
    try {
      left = stored.takeOver(id, holder);
    } catch (PaddockException e) {
      if (e.code() == ErrorCode.CONFLICT || e.code() == ErrorCode.NOT_FOUND) {
        return;
      }
      throw e;
    }
    left.ifPresent(this::again);
  }

  private void again(ResponseJob job) {
    Resource response = job.stored();
    ObjectNode shown = StoredResponses.response(response).deepCopy();
    if (!job.mayTryAgain()) {
      fail(job, shown, "the server stopped before the response was complete");
      return;
    }
    ResponseRequest asked;
    try {
      asked =
          ResponseRequest.read(
              platform,
              files,
              stored,
              response.workspaceId(),
              response.document().withObject("/request").deepCopy());
    } catch (PaddockException e) {
      fail(job, shown, e.getMessage());
      return;
    }
    start(
        job.id(),
        new ResponseRun(
            platform,
            asked,
            job.id(),
            shown.path("created_at").asLong(),
            begun -> Optional.of(job),
            document -> {}));
  }

  private static void fail(ResponseJob job, ObjectNode shown, String message) {
    ResponseBuilder.failed(shown, "server_error", message);
    ObjectNode document = job.stored().document().deepCopy();
    document.remove("request");
    document.set("response", shown);
    job.finish(document);
  }
}
