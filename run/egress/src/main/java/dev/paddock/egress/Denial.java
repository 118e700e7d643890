package dev.paddock.egress;

import java.util.Locale;

/** Why a request was refused; its name in lower case stands in {@code x-paddock-denied}. */
public enum Denial {
  /** No rule names the host. */
  HOST,
  /** The port is not one of the rule's. */
  PORT,
  METHOD_OR_PATH,
  /** The host leads to an address that must not be dialled. */
  ADDRESS,
  /** A person said no, or has not answered yet. */
  APPROVAL,
  /** The bytes in a tunnel are no TLS, or TLS for another server. */
  TLS,
  /** The request cannot be read, or can be read in two ways. */
  REQUEST,
  /** A secret would leave unprotected. */
  SECRET,
  /** Too much, too often, or too long. */
  LIMIT;

  /** In lower case with dashes. */
  public String header() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
