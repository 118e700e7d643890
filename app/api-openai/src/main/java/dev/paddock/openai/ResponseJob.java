package dev.paddock.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.PaddockException;
import dev.paddock.core.spi.Change;
import dev.paddock.core.spi.Resource;
import java.util.List;
import java.util.Optional;

/** The right to make one stored response, for as long as it is renewed. */
final class ResponseJob {
  private static final int MAX_ATTEMPTS = 3;

  private final StoredResponses store;
  private final String holder;
  private Resource response;
  private Resource job;
  private boolean over;

  ResponseJob(StoredResponses store, Resource response, Resource job, String holder) {
    this.store = store;
    this.response = response;
    this.job = job;
    this.holder = holder;
  }

  synchronized Resource stored() {
    return response;
  }

  String id() {
    return stored().id();
  }

  /** Whether making it once more may help: not where a client waited for it, nor for ever. */
  synchronized boolean mayTryAgain() {
    return job.document().path("background").asBoolean()
        && job.document().path("attempts").asInt() <= MAX_ATTEMPTS;
  }

  /** False when the right was lost: it was cancelled, deleted or taken over. */
  synchronized boolean renew() {
    if (over) {
      return true;
    }
    ObjectNode document = store.lease(job.document().deepCopy(), holder);
    return changed(
        List.of(new Change.Update(StoredResponses.JOB, job.id(), job.version(), document)));
  }

  /** Shows that it is being made. */
  synchronized boolean begin(ObjectNode shown) {
    ObjectNode document = response.document().deepCopy();
    document.set("response", shown.deepCopy());
    return changed(List.of(update(document)));
  }

  /** Stores how it ended; false when it had ended otherwise before. */
  synchronized boolean finish(ObjectNode document) {
    over = true;
    return changed(
        List.of(
            update(document),
            new Change.Delete(StoredResponses.JOB, job.id(), Optional.of(job.version()))));
  }

  private Change update(ObjectNode document) {
    return new Change.Update(StoredResponses.KIND, response.id(), response.version(), document);
  }

  private boolean changed(List<Change> changes) {
    try {
      for (Resource made : store.resources().apply(changes)) {
        if (made.kind().equals(StoredResponses.JOB)) {
          job = made;
        } else {
          response = made;
        }
      }
      return true;
    } catch (PaddockException e) {
      if (e.code() == ErrorCode.CONFLICT || e.code() == ErrorCode.NOT_FOUND) {
        return false;
      }
      throw e;
    }
  }
}
