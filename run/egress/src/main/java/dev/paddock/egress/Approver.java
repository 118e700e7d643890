package dev.paddock.egress;

import java.util.concurrent.CompletionStage;

/** Asks a person whether a new host may be reached. */
@FunctionalInterface
public interface Approver {
  /**
   * Asked once for each host and port.
   *
   * @return completes with whether it is allowed, whenever the person answers
   */
  CompletionStage<Boolean> mayReach(Target target);
}
