package dev.paddock.core.spi;

import dev.paddock.core.Principal;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.Signature;
import java.util.Optional;

/** An event to append and who caused it. */
public record NewEvent(SessionEvent event, Principal principal, Optional<Signature> signature) {
  public static NewEvent of(SessionEvent event) {
    return new NewEvent(event, Principal.SYSTEM, Optional.empty());
  }

  public static NewEvent from(Principal principal, SessionEvent event) {
    return new NewEvent(event, principal, Optional.empty());
  }
}
