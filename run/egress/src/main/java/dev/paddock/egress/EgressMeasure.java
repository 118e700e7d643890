package dev.paddock.egress;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * What holds the way out, one by one. A proxy that people use has all of them; the attack tests
 * leave out one to show that it is the one that holds.
 */
enum EgressMeasure {
  /** Only what the policy allows is done. */
  RULES,
  /** Addresses are checked by the guard before they are dialled. */
  ADDRESSES,
  /** The address that was checked is dialled, without a second look-up. */
  ONE_LOOKUP,
  /** Hosts are read strictly and once: what is matched is what is dialled. */
  CANONICAL_HOSTS,
  /** The Host field names the host of the request line or tunnel. */
  HOST_FIELD,
  /** One request a connection, where nothing else separates them. */
  ONE_REQUEST,
  /** A body that could be read in two ways is refused. */
  FRAMING,
  /** TLS in a tunnel names the tunnel's host. */
  SERVER_NAME,
  /** A tunnel carries TLS and nothing else. */
  TLS_ONLY,
  /** TLS does not hide a second server name. */
  NO_ENCRYPTED_HELLO,
  /** A secret goes only to the hosts that it names. */
  SECRET_HOSTS,
  /** Secrets in answers become placeholders. */
  MASKING,
  /** So many connections at a time. */
  CONNECTION_LIMIT,
  /** Heads and silences end. */
  TIME_LIMITS,
  /** Heads have a size. */
  HEAD_LIMIT;

  static final Set<EgressMeasure> ALL =
      Collections.unmodifiableSet(EnumSet.allOf(EgressMeasure.class));

  static Set<EgressMeasure> allBut(EgressMeasure first, EgressMeasure... rest) {
    return Collections.unmodifiableSet(EnumSet.complementOf(EnumSet.of(first, rest)));
  }
}
