package dev.paddock.egress;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What people have said about new hosts, and what they have been asked. */
final class Approvals {
  /** Enough for a person; a sandbox that asks more is not waited for. */
  private static final int MOST_QUESTIONS = 32;

  private final Approver approver;
  private final Map<Target, CompletableFuture<Boolean>> answers = new ConcurrentHashMap<>();

  Approvals(Approver approver) {
    this.approver = approver;
  }

  /** Waits for the answer, or throws what the sandbox is told meanwhile. */
  void require(Target target, Duration patience) throws Refused {
    CompletableFuture<Boolean> answer = answers.get(target);
    if (answer == null) {
      if (answers.values().stream().filter(a -> !a.isDone()).count() >= MOST_QUESTIONS) {
        throw Refused.denied(
            Denial.APPROVAL,
            "host %s is not on this environment's list, and too many questions about hosts wait for a person"
                .formatted(target.host()));
      }
      answer = ask(target);
    }
    try {
      if (!answer.get(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        throw Refused.denied(
            Denial.APPROVAL, "a person has refused that this session reaches " + target);
      }
    } catch (TimeoutException e) {
      throw Refused.denied(
          Denial.APPROVAL,
          "%s is not on this environment's list; a person was asked and has not answered yet: try again later"
              .formatted(target));
    } catch (ExecutionException e) {
      answers.remove(target, answer);
      throw Refused.denied(
          Denial.APPROVAL,
          "%s is not on this environment's list, and nobody could be asked: %s"
              .formatted(target, e.getCause()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Refused.denied(Denial.APPROVAL, "interrupted while waiting for a person");
    }
  }

  /** The first one asks, all others wait for the same answer. */
  private CompletableFuture<Boolean> ask(Target target) {
    CompletableFuture<Boolean> answer = new CompletableFuture<>();
    CompletableFuture<Boolean> asked = answers.putIfAbsent(target, answer);
    if (asked != null) {
      return asked;
    }
    try {
      approver
          .mayReach(target)
          .whenComplete(
              (allowed, failure) -> {
                if (failure == null) {
                  answer.complete(allowed);
                } else {
                  answer.completeExceptionally(failure);
                }
              });
    } catch (RuntimeException e) {
      answer.completeExceptionally(e);
    }
    return answer;
  }

  boolean given(Target target) {
    CompletableFuture<Boolean> answer = answers.get(target);
    return answer != null && answer.isDone() && !answer.isCompletedExceptionally() && answer.join();
  }

  void forget() {
    answers.clear();
  }
}
