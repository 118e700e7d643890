package dev.paddock.sandbox;

import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.spi.ToolResult;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * One entry of a call journal: a call begins (neither result nor blob) or has come to its result,
 * which stands here or, where it is large, in a blob.
 *
 * <p>On disk: magic (4 bytes), payload length (4), CRC-32C of length and payload (4), payload as
 * JSON. The magic lets a damaged middle be told from a torn end.
 */
record JournalFrame(EventId call, Optional<ToolResult> result, Optional<String> blob) {
  private static final int HEADER_BYTES = 12;
  private static final int MAX_PAYLOAD_BYTES = 1 << 20;
  static final int MAX_BYTES = HEADER_BYTES + MAX_PAYLOAD_BYTES;

  private static final int MAGIC = 0x504a3031;

  static JournalFrame begin(EventId call) {
    return new JournalFrame(call, Optional.empty(), Optional.empty());
  }

  boolean isBegin() {
    return result.isEmpty() && blob.isEmpty();
  }

  byte[] encode() {
    byte[] payload = Json.bytes(this);
    return ByteBuffer.allocate(HEADER_BYTES + payload.length)
        .putInt(MAGIC)
        .putInt(payload.length)
        .putInt(checksum(payload))
        .put(payload)
        .array();
  }

  /** How many bytes the frame that starts here has. */
  static int length(ByteBuffer bytes) {
    return HEADER_BYTES + bytes.getInt(bytes.position() + 4);
  }

  /** The frame that starts here, whole and undamaged; empty where none does. */
  static Optional<JournalFrame> decode(ByteBuffer bytes) {
    if (bytes.remaining() < HEADER_BYTES || bytes.getInt() != MAGIC) {
      return Optional.empty();
    }
    int length = bytes.getInt();
    int checksum = bytes.getInt();
    if (length < 0 || length > MAX_PAYLOAD_BYTES || length > bytes.remaining()) {
      return Optional.empty();
    }
    byte[] payload = new byte[length];
    bytes.get(payload);
    if (checksum(payload) != checksum) {
      return Optional.empty();
    }
    return Optional.of(Json.read(payload, JournalFrame.class));
  }

  private static int checksum(byte[] payload) {
    CRC32C crc = new CRC32C();
    crc.update(ByteBuffer.allocate(4).putInt(0, payload.length));
    crc.update(payload);
    return (int) crc.getValue();
  }
}
