package dev.paddock.egress;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The first message of a TLS connection: RFC 8446 4.1.2, RFC 6066 3.
 *
 * @param bytes all that was read, to be passed on
 * @param serverName as the client wrote it
 * @param encrypted whether it carries another, encrypted hello, whose server name nobody sees
 */
@SuppressWarnings("ArrayRecordComponent") // bytes to be passed on, never compared
record ClientHello(byte[] bytes, Optional<String> serverName, boolean encrypted) {
  private static final int HANDSHAKE_RECORD = 22;
  private static final int CLIENT_HELLO = 1;
  private static final int MOST_RECORD_BYTES = 1 << 14;
  private static final int MOST_BYTES = 1 << 16;
  private static final int SERVER_NAME = 0;
  private static final int ENCRYPTED_CLIENT_HELLO = 0xFE0D;

  /** Bytes that are no TLS. */
  static final class NotTls extends IOException {
    private static final long serialVersionUID = 1L;
    private final byte[] read;

    NotTls(byte[] read) {
      super("the bytes in the tunnel are no TLS");
      this.read = read.clone();
    }

    byte[] read() {
      return read.clone();
    }
  }

  /**
   * Reads exactly the records of the hello.
   *
   * @throws NotTls if the first bytes are something else
   * @throws BadMessage if it is malformed
   */
  static ClientHello read(InputStream in) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    int wanted = 4;
    while (message.size() < wanted) {
      byte[] header = in.readNBytes(5);
      all.writeBytes(header);
      if (header.length < 5 || header[0] != HANDSHAKE_RECORD || header[1] != 3) {
        if (all.size() <= 5) {
          throw new NotTls(all.toByteArray());
        }
        throw new BadMessage("the TLS client hello is cut off");
      }
      int length = (header[3] & 0xFF) << 8 | header[4] & 0xFF;
      if (length == 0 || length > MOST_RECORD_BYTES) {
        throw new BadMessage("a TLS record of " + length + " bytes");
      }
      byte[] record = in.readNBytes(length);
      all.writeBytes(record);
      message.writeBytes(record);
      if (record.length < length) {
        throw new BadMessage("the TLS client hello is cut off");
      }
      if (message.size() >= 4) {
        byte[] start = message.toByteArray();
        if (start[0] != CLIENT_HELLO) {
          throw new BadMessage("the first TLS message is no client hello");
        }
        wanted = 4 + ((start[1] & 0xFF) << 16 | (start[2] & 0xFF) << 8 | start[3] & 0xFF);
        if (wanted > MOST_BYTES) {
          throw new BadMessage("a TLS client hello of " + wanted + " bytes");
        }
      }
    }
    if (message.size() > wanted) {
      throw new BadMessage("something follows the TLS client hello before its answer");
    }
    try {
      return parse(all.toByteArray(), ByteBuffer.wrap(message.toByteArray(), 4, wanted - 4));
    } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException e) {
      throw new BadMessage("the TLS client hello is malformed");
    }
  }

  private static ClientHello parse(byte[] all, ByteBuffer hello) throws BadMessage {
    skip(hello, 2 + 32);
    skip(hello, hello.get() & 0xFF);
    skip(hello, hello.getShort() & 0xFFFF);
    skip(hello, hello.get() & 0xFF);
    if (!hello.hasRemaining()) {
      return new ClientHello(all, Optional.empty(), false);
    }
    ByteBuffer extensions = part(hello, hello.getShort() & 0xFFFF);
    if (hello.hasRemaining()) {
      throw new BadMessage("something follows the extensions of the TLS client hello");
    }
    Optional<String> name = Optional.empty();
    boolean encrypted = false;
    while (extensions.hasRemaining()) {
      int type = extensions.getShort() & 0xFFFF;
      ByteBuffer extension = part(extensions, extensions.getShort() & 0xFFFF);
      if (type == SERVER_NAME) {
        if (name.isPresent()) {
          throw new BadMessage("the TLS client hello names two servers");
        }
        name = Optional.of(serverName(extension));
      } else if (type == ENCRYPTED_CLIENT_HELLO) {
        encrypted = true;
      }
    }
    return new ClientHello(all, name, encrypted);
  }

  private static String serverName(ByteBuffer extension) throws BadMessage {
    ByteBuffer list = part(extension, extension.getShort() & 0xFFFF);
    int type = list.get();
    byte[] name = new byte[list.getShort() & 0xFFFF];
    list.get(name);
    if (type != 0 || list.hasRemaining() || extension.hasRemaining()) {
      throw new BadMessage("the TLS client hello does not name exactly one server");
    }
    return new String(name, StandardCharsets.ISO_8859_1);
  }

  private static void skip(ByteBuffer buffer, int bytes) {
    buffer.position(buffer.position() + bytes);
  }

  private static ByteBuffer part(ByteBuffer buffer, int bytes) {
    ByteBuffer part = buffer.slice(buffer.position(), bytes);
    skip(buffer, bytes);
    return part;
  }
}
