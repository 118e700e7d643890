package dev.paddock.egress;

/** What a policy says about a request. */
sealed interface Decision {
  /**
   * @param rule for the log
   * @param named whether a rule names the host, so that it may be a private one
   * @param anyAddress whether public addresses may be dialled too, at this port
   * @param tcp whether other bytes than TLS may pass a tunnel
   */
  record Allow(String rule, boolean named, boolean anyAddress, boolean tcp) implements Decision {}

  /**
   * @param why for the model and for people, with what would allow it
   */
  record Deny(Denial denial, String why) implements Decision {}

  /** A person decides. */
  record Ask() implements Decision {}
}
