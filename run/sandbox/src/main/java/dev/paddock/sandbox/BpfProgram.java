package dev.paddock.sandbox;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A classic BPF program in the form that seccomp takes: {@code struct sock_filter} after {@code
 * struct sock_filter}, little-endian.
 */
record BpfProgram(List<Instruction> instructions) {
  /** {@code BPF_MAXINSNS}. */
  private static final int MAX_INSTRUCTIONS = 4096;

  private static final int INSTRUCTION_BYTES = 8;

  BpfProgram {
    instructions = List.copyOf(instructions);
    if (instructions.size() > MAX_INSTRUCTIONS) {
      throw new IllegalArgumentException(
          "a filter holds at most "
              + MAX_INSTRUCTIONS
              + " instructions, this one has "
              + instructions.size());
    }
  }

  byte[] bytes() {
    ByteBuffer buffer =
        ByteBuffer.allocate(instructions.size() * INSTRUCTION_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (Instruction instruction : instructions) {
      buffer
          .putShort((short) instruction.code())
          .put((byte) instruction.ifTrue())
          .put((byte) instruction.ifFalse())
          .putInt(instruction.value());
    }
    return buffer.array();
  }

  /** One instruction; the jumps count instructions to skip. */
  record Instruction(int code, int ifTrue, int ifFalse, int value) {
    static final int LOAD_WORD = 0x20;
    static final int AND = 0x54;
    static final int JUMP_IF_EQUAL = 0x15;
    static final int JUMP_IF_GREATER = 0x25;
    static final int JUMP_IF_AT_LEAST = 0x35;
    static final int RETURN = 0x06;

    private static final int MAX_JUMP = 255;

    Instruction {
      if (ifTrue < 0 || ifTrue > MAX_JUMP || ifFalse < 0 || ifFalse > MAX_JUMP) {
        throw new IllegalArgumentException("a jump skips 0 to 255 instructions");
      }
    }

    static Instruction load(int offset) {
      return new Instruction(LOAD_WORD, 0, 0, offset);
    }

    static Instruction and(int mask) {
      return new Instruction(AND, 0, 0, mask);
    }

    static Instruction ifEqual(int value, int ifTrue, int ifFalse) {
      return new Instruction(JUMP_IF_EQUAL, ifTrue, ifFalse, value);
    }

    static Instruction ifGreater(int value, int ifTrue, int ifFalse) {
      return new Instruction(JUMP_IF_GREATER, ifTrue, ifFalse, value);
    }

    static Instruction ifAtLeast(int value, int ifTrue, int ifFalse) {
      return new Instruction(JUMP_IF_AT_LEAST, ifTrue, ifFalse, value);
    }

    static Instruction ret(int action) {
      return new Instruction(RETURN, 0, 0, action);
    }
  }

  static final class Builder {
    private final List<Instruction> instructions = new ArrayList<>();

    Builder add(Instruction instruction) {
      instructions.add(instruction);
      return this;
    }

    Builder addAll(List<Instruction> more) {
      instructions.addAll(more);
      return this;
    }

    BpfProgram build() {
      return new BpfProgram(instructions);
    }
  }
}
