package dev.paddock.inference;

import java.lang.foreign.MemorySegment;

/**
 * How a tensor's numbers are stored: blocks of {@link #blockSize()} consecutive elements of a row,
 * each of {@link #blockBytes()} bytes, little-endian. Found through {@link java.util.ServiceLoader}
 * so that a new format is a new class.
 */
public interface TensorFormat {
  /** The name in its file format, such as {@code Q4_1} or {@code BF16}. */
  String name();

  /** The type number in a GGUF file, or -1 if it has none. */
  int ggufType();

  int blockSize();

  int blockBytes();

  /**
   * Decodes whole blocks to fp32; the reference for every kernel.
   *
   * @param offset of the first block, in bytes
   */
  void decode(MemorySegment data, long offset, float[] out, int outOffset, int blocks);

  /** Repacks a matrix for the kernels; the default goes through fp32. */
  default Matrix pack(Tensor tensor, RowOrder order) {
    return FloatMatrix.pack(tensor, order);
  }

  /** The bytes of {@code elements} numbers, which must be whole blocks. */
  default long bytes(long elements) {
    return Math.multiplyExact(elements / blockSize(), (long) blockBytes());
  }
}
