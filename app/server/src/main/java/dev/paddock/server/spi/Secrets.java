package dev.paddock.server.spi;

/** Keeps secrets so that who reads the store cannot read them. */
public interface Secrets {
  /**
   * Seals a secret.
   *
   * @param context what it belongs to, such as a credential's id; opening it under another one
   *     fails, so a sealed secret cannot be moved
   */
  String seal(String secret, String context);

  /** {@code CORRUPT} when it was sealed under another key or context, or was changed. */
  String open(String sealed, String context);
}
