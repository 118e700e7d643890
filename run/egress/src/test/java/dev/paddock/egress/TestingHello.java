package dev.paddock.egress;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Client hellos made by hand. */
final class TestingHello {
  private TestingHello() {}

  static byte[] of(Optional<String> name, boolean encrypted) {
    ByteArrayOutputStream extensions = new ByteArrayOutputStream();
    name.ifPresent(text -> extensions.writeBytes(extension(0, serverName(text))));
    if (encrypted) {
      extensions.writeBytes(extension(0xFE0D, new byte[40]));
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(new byte[] {3, 3});
    body.writeBytes(new byte[32]);
    body.write(0);
    body.writeBytes(new byte[] {0, 2, 0x13, 1, 1, 0});
    body.writeBytes(sized(2, extensions.toByteArray()));
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    message.write(1);
    message.writeBytes(sized(3, body.toByteArray()));
    return record(message.toByteArray());
  }

  static byte[] record(byte[] content) {
    ByteArrayOutputStream record = new ByteArrayOutputStream();
    record.writeBytes(new byte[] {22, 3, 1});
    record.writeBytes(sized(2, content));
    return record.toByteArray();
  }

  private static byte[] serverName(String name) {
    ByteArrayOutputStream entry = new ByteArrayOutputStream();
    entry.write(0);
    entry.writeBytes(sized(2, name.getBytes(StandardCharsets.ISO_8859_1)));
    return sized(2, entry.toByteArray());
  }

  private static byte[] extension(int type, byte[] content) {
    ByteArrayOutputStream extension = new ByteArrayOutputStream();
    extension.write(type >> 8);
    extension.write(type);
    extension.writeBytes(sized(2, content));
    return extension.toByteArray();
  }

  private static byte[] sized(int lengthBytes, byte[] content) {
    ByteArrayOutputStream sized = new ByteArrayOutputStream();
    for (int i = lengthBytes - 1; i >= 0; i--) {
      sized.write(content.length >> (8 * i));
    }
    sized.writeBytes(content);
    return sized.toByteArray();
  }
}
