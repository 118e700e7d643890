package dev.paddock.inference;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Writes small GGUF files. */
final class TestingGguf {
  private static final int ALIGNMENT = 32;

  private final Map<String, byte[]> values = new LinkedHashMap<>();
  private final List<byte[]> infos = new ArrayList<>();
  private final ByteArrayOutputStream data = new ByteArrayOutputStream();

  TestingGguf text(String key, String value) {
    values.put(key, join(int32(8), string(value)));
    return this;
  }

  TestingGguf whole(String key, int value) {
    values.put(key, join(int32(4), int32(value)));
    return this;
  }

  TestingGguf real(String key, float value) {
    values.put(key, join(int32(6), int32(Float.floatToIntBits(value))));
    return this;
  }

  TestingGguf texts(String key, List<String> list) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(join(int32(9), int32(8), int64(list.size())));
    list.forEach(text -> out.writeBytes(string(text)));
    values.put(key, out.toByteArray());
    return this;
  }

  TestingGguf wholes(String key, int... list) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(join(int32(9), int32(5), int64(list.length)));
    Arrays.stream(list).forEach(value -> out.writeBytes(int32(value)));
    values.put(key, out.toByteArray());
    return this;
  }

  TestingGguf tensor(String name, TensorFormat format, byte[] bytes, long... shape) {
    ByteArrayOutputStream info = new ByteArrayOutputStream();
    info.writeBytes(join(string(name), int32(shape.length)));
    for (int i = shape.length - 1; i >= 0; i--) {
      info.writeBytes(int64(shape[i]));
    }
    info.writeBytes(join(int32(format.ggufType()), int64(data.size())));
    infos.add(info.toByteArray());
    data.writeBytes(bytes);
    data.writeBytes(new byte[-bytes.length & (ALIGNMENT - 1)]);
    return this;
  }

  byte[] bytes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(join(int32(3), int64(infos.size()), int64(values.size())));
    values.forEach((key, value) -> out.writeBytes(join(string(key), value)));
    infos.forEach(out::writeBytes);
    out.writeBytes(new byte[-out.size() & (ALIGNMENT - 1)]);
    out.writeBytes(data.toByteArray());
    return out.toByteArray();
  }

  GgufFile read() {
    return GgufFile.read(segment(bytes()), "test.gguf");
  }

  /** Memory outside the heap, as a mapped file is. */
  static MemorySegment segment(byte[] bytes) {
    MemorySegment out = Arena.ofAuto().allocate(Math.max(1, bytes.length), 64);
    MemorySegment.copy(bytes, 0, out, Layouts.BYTE, 0, bytes.length);
    return out.asSlice(0, bytes.length);
  }

  /** Random numbers of about the given size in a tensor format. */
  static byte[] random(TensorFormat format, long elements, float size, Random random) {
    byte[] out = new byte[Math.toIntExact(format.bytes(elements))];
    random.nextBytes(out);
    ByteBuffer in = ByteBuffer.wrap(out).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = 0; at < out.length; at += format.blockBytes()) {
      float value = size * (float) random.nextGaussian();
      switch (format.name()) {
        case "F32" -> in.putFloat(at, value);
        case "F16" -> in.putShort(at, Float.floatToFloat16(value));
        case "BF16" -> in.putShort(at, (short) (Float.floatToIntBits(value) >> 16));
        case "Q8_0" -> in.putShort(at, Float.floatToFloat16(value / 64));
        case "Q4_0" -> in.putShort(at, Float.floatToFloat16(value / 4));
        case "Q4_1" -> {
          in.putShort(at, Float.floatToFloat16(value / 8));
          in.putShort(at + 2, Float.floatToFloat16(-value));
        }
        case "Q6_K" -> in.putShort(at + 208, Float.floatToFloat16(value / 2000));
        default -> throw new IllegalArgumentException(format.name());
      }
    }
    return out;
  }

  private static byte[] string(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return join(int64(bytes.length), bytes);
  }

  private static byte[] int32(int value) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
  }

  private static byte[] int64(long value) {
    return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
