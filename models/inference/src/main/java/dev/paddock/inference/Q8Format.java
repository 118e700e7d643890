package dev.paddock.inference;

import java.lang.foreign.MemorySegment;

/** GGUF's Q8_0: 32 signed bytes with one fp16 scale in front. */
public final class Q8Format implements TensorFormat {
  @Override
  public String name() {
    return "Q8_0";
  }

  @Override
  public int ggufType() {
    return 8;
  }

  @Override
  public int blockSize() {
    return 32;
  }

  @Override
  public int blockBytes() {
    return 34;
  }

  @Override
  public void decode(MemorySegment data, long offset, float[] out, int outOffset, int blocks) {
    for (int b = 0; b < blocks; b++) {
      long at = offset + 34L * b;
      float scale = Layouts.half(data.get(Layouts.SHORT, at));
      for (int i = 0; i < 32; i++) {
        out[outOffset + 32 * b + i] = scale * data.get(Layouts.BYTE, at + 2 + i);
      }
    }
  }

  @Override
  public Matrix pack(Tensor tensor, RowOrder order) {
    return Q8Matrix.pack(tensor, order, 32, Q8Format::split);
  }

  private static void split(byte[] raw, int rawOffset, byte[] quants, float[] scales) {
    int blocks = scales.length;
    for (int b = 0; b < blocks; b++) {
      int at = rawOffset + 34 * b;
      scales[b] = Layouts.half((short) ((raw[at] & 0xff) | (raw[at + 1] << 8)));
      System.arraycopy(raw, at + 2, quants, 32 * b, 32);
    }
  }
}
