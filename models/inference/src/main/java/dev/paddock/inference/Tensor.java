package dev.paddock.inference;

import dev.paddock.core.ErrorCode;
import dev.paddock.provider.ModelException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/**
 * A named array of numbers as it lies in its file.
 *
 * @param shape outermost dimension first, so a matrix is {@code [rows, columns]}
 * @param data exactly the tensor's bytes
 */
public record Tensor(String name, List<Long> shape, TensorFormat format, MemorySegment data) {
  public Tensor {
    shape = List.copyOf(shape);
  }

  public long elements() {
    long product = 1;
    for (long size : shape) {
      product = Math.multiplyExact(product, size);
    }
    return product;
  }

  /** The number of rows of a matrix. */
  public int rows() {
    return Math.toIntExact(shape.getFirst());
  }

  /** The length of a matrix's row. */
  public int columns() {
    return Math.toIntExact(shape.getLast());
  }

  public long rowBytes() {
    return format.bytes(columns());
  }

  /** Decodes one row of a matrix to fp32. */
  public void row(int row, float[] out, int offset) {
    format.decode(data, row * rowBytes(), out, offset, columns() / format.blockSize());
  }

  /** All numbers as fp32, row after row. */
  public float[] floats() {
    float[] out = new float[Math.toIntExact(elements())];
    format.decode(data, 0, out, 0, out.length / format.blockSize());
    return out;
  }

  /** Returns this tensor if it has the shape, else the file is not what its header says. */
  public Tensor require(long... expected) {
    List<Long> wanted = Arrays.stream(expected).boxed().toList();
    if (!shape.equals(wanted)) {
      throw new ModelException(
          ErrorCode.CORRUPT,
          "tensor %s has shape %s, the model's settings ask for %s".formatted(name, shape, wanted));
    }
    return this;
  }

  /** Repacks a matrix for the kernels. */
  public Matrix pack(RowOrder order) {
    return format.pack(this, order);
  }
}
