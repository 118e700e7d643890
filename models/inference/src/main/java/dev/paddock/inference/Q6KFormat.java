package dev.paddock.inference;

import java.lang.foreign.MemorySegment;

/**
 * GGUF's Q6_K: 256 six-bit numbers; 128 bytes of low nibbles, 64 bytes of upper two bits, 16 signed
 * byte scales (one for 16 numbers each) and one fp16 scale.
 */
public final class Q6KFormat implements TensorFormat {
  private static final int BYTES = 210;

  @Override
  public String name() {
    return "Q6_K";
  }

  @Override
  public int ggufType() {
    return 14;
  }

  @Override
  public int blockSize() {
    return 256;
  }

  @Override
  public int blockBytes() {
    return BYTES;
  }

  @Override
  public void decode(MemorySegment data, long offset, float[] out, int outOffset, int blocks) {
    byte[] raw = new byte[BYTES];
    byte[] quants = new byte[256];
    float[] scales = new float[16];
    for (int b = 0; b < blocks; b++) {
      MemorySegment.copy(data, Layouts.BYTE, offset + (long) BYTES * b, raw, 0, BYTES);
      split(raw, 0, quants, scales);
      for (int i = 0; i < 256; i++) {
        out[outOffset + 256 * b + i] = scales[i >> 4] * quants[i];
      }
    }
  }

  @Override
  public Matrix pack(Tensor tensor, RowOrder order) {
    return Q8Matrix.pack(tensor, order, 16, Q6KFormat::split);
  }

  private static void split(byte[] raw, int rawOffset, byte[] quants, float[] scales) {
    for (int b = 0; b < scales.length / 16; b++) {
      int low = rawOffset + BYTES * b;
      int high = low + 128;
      int scale = low + 192;
      float d = Layouts.half((short) ((raw[low + 208] & 0xff) | (raw[low + 209] << 8)));
      for (int i = 0; i < 16; i++) {
        scales[16 * b + i] = d * raw[scale + i];
      }
      for (int i = 0; i < 256; i++) {
        int half = i >> 7;
        int quarter = (i >> 5) & 3;
        int j = i & 31;
        int nibbles = raw[low + 64 * half + 32 * (quarter & 1) + j];
        int bits = raw[high + 32 * half + j];
        int value = ((nibbles >> (4 * (quarter >> 1))) & 15) | (((bits >> (2 * quarter)) & 3) << 4);
        quants[256 * b + i] = (byte) (value - 32);
      }
    }
  }
}
