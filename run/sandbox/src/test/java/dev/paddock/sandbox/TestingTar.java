package dev.paddock.sandbox;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Archives that no honest program writes. */
final class TestingTar {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  TestingTar file(String name, String content) {
    return entry(name, '0', "", content.getBytes(StandardCharsets.UTF_8), 0644);
  }

  TestingTar folder(String name) {
    return entry(name, '5', "", new byte[0], 0755);
  }

  TestingTar link(String name, String target) {
    return entry(name, '2', target, new byte[0], 0777);
  }

  TestingTar hardLink(String name, String target) {
    return entry(name, '1', target, new byte[0], 0644);
  }

  TestingTar entry(String name, char type, String target, byte[] content, int mode) {
    return entry(name, type, target, content, mode, content.length);
  }

  /** Says of a content that it has another size. */
  TestingTar entry(
      String name, char type, String target, byte[] content, int mode, long announced) {
    byte[] block = new byte[512];
    put(block, 0, name.getBytes(StandardCharsets.ISO_8859_1));
    put(block, 100, "%07o".formatted(mode).getBytes(StandardCharsets.US_ASCII));
    put(block, 108, "0000000".getBytes(StandardCharsets.US_ASCII));
    put(block, 116, "0000000".getBytes(StandardCharsets.US_ASCII));
    put(block, 124, "%011o".formatted(announced).getBytes(StandardCharsets.US_ASCII));
    put(block, 136, "%011o".formatted(1_000_000_000L).getBytes(StandardCharsets.US_ASCII));
    block[156] = (byte) type;
    put(block, 157, target.getBytes(StandardCharsets.ISO_8859_1));
    put(block, 257, "ustar\00000".getBytes(StandardCharsets.US_ASCII));
    long sum = 8 * ' ';
    for (byte b : block) {
      sum += b & 0xff;
    }
    put(block, 148, "%06o\0 ".formatted(sum).getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(block);
    out.writeBytes(content);
    out.writeBytes(new byte[(512 - content.length % 512) % 512]);
    return this;
  }

  /** A pax header with one record. */
  TestingTar pax(String key, String value) {
    int rest = key.length() + value.length() + 3;
    int length = rest + Integer.toString(rest).length();
    length += Integer.toString(length).length() - Integer.toString(rest).length();
    String record = length + " " + key + "=" + value + "\n";
    return entry("pax", 'x', "", record.getBytes(StandardCharsets.ISO_8859_1), 0644);
  }

  private static void put(byte[] block, int at, byte[] bytes) {
    System.arraycopy(bytes, 0, block, at, bytes.length);
  }

  /** With the end that an archive has. */
  byte[] bytes() {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.writeBytes(out.toByteArray());
    whole.writeBytes(new byte[1024]);
    return whole.toByteArray();
  }

  InputStream compressed() {
    return new ByteArrayInputStream(Zstd.compress(bytes()));
  }
}
