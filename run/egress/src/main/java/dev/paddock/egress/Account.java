package dev.paddock.egress;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** What is known of one request while it runs. */
final class Account {
  private static final int LONGEST_PATH = 1000;

  private final Instant time = Instant.now();
  private final long start = System.nanoTime();
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong received = new AtomicLong();
  private final EgressLimits limits;
  private Optional<Target> target = Optional.empty();
  private String method = "";
  private String path = "";
  private int status;
  private Optional<String> rule = Optional.empty();
  private Optional<String> ending = Optional.empty();
  private boolean leftToOthers;

  Account(EgressLimits limits) {
    this.limits = limits;
  }

  void asks(Target where, String how, String what) {
    target = Optional.of(where);
    method = how;
    path = Text.shown(what, LONGEST_PATH);
  }

  void method(String how) {
    method = how;
  }

  void allowedBy(String text) {
    rule = Optional.of(text);
  }

  void answered(int code) {
    status = code;
  }

  /** Whether the sandbox has been told something, after which no other answer can be given. */
  boolean answered() {
    return status != 0;
  }

  /** Why it ended, if not by both sides' will. */
  void ended(Optional<String> why) {
    ending = why;
  }

  /** What happens from now on is logged request by request. */
  void leaveToOthers() {
    leftToOthers = true;
  }

  /** Whether nothing has been asked that could be logged. */
  boolean nothing() {
    return leftToOthers || method.isEmpty();
  }

  void sent(long bytes) throws LimitReached {
    if (sent.addAndGet(bytes) > limits.sentBytes()) {
      throw new LimitReached("more than " + limits.sentBytes() + " bytes were sent");
    }
  }

  void received(long bytes) throws LimitReached {
    if (received.addAndGet(bytes) > limits.receivedBytes()) {
      throw new LimitReached("more than " + limits.receivedBytes() + " bytes were received");
    }
  }

  EgressRecord done() {
    return record(EgressRecord.Verdict.ALLOWED, Optional.empty(), ending);
  }

  EgressRecord refused(Refused why) {
    return why.denial().isPresent()
        ? record(EgressRecord.Verdict.DENIED, why.denial(), Optional.of(why.reason()))
        : record(EgressRecord.Verdict.FAILED, Optional.empty(), Optional.of(why.reason()));
  }

  private EgressRecord record(
      EgressRecord.Verdict verdict, Optional<Denial> denial, Optional<String> reason) {
    return new EgressRecord(
        time,
        Duration.ofNanos(System.nanoTime() - start),
        target.map(t -> t.host().text()).orElse(""),
        target.map(Target::port).orElse(0),
        method,
        path,
        status,
        sent.get(),
        received.get(),
        verdict,
        rule,
        denial,
        reason);
  }

  /** One request carried more than it may. */
  static final class LimitReached extends IOException {
    private static final long serialVersionUID = 1L;

    LimitReached(String message) {
      super(message);
    }
  }
}
