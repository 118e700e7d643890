package dev.paddock.core;

/**
 * A detached signature of an inbound event, kept as it came.
 *
 * @param algorithm a JOSE algorithm name, such as {@code EdDSA}
 * @param keyId the signer's key
 * @param value base64url without padding, over the event's stored bytes
 */
public record Signature(String algorithm, String keyId, String value) {}
