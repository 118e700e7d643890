package dev.paddock.sandbox;

import dev.paddock.sandbox.BpfProgram.Instruction;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Runs a filter as the kernel does, from its bytes. */
final class TestingBpf {
  private static final int DATA_BYTES = 64;

  /** Two that libseccomp uses and we do not. */
  private static final int JUMP = 0x05;

  private static final int JUMP_IF_ANY = 0x45;

  private TestingBpf() {}

  /** What the program returns for a call; {@code struct seccomp_data} is its input. */
  static int run(BpfProgram program, int auditToken, int number, long... arguments) {
    return run(program.bytes(), auditToken, number, arguments);
  }

  static int run(byte[] program, int auditToken, int number, long... arguments) {
    ByteBuffer data = ByteBuffer.allocate(DATA_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    data.putInt(0, number).putInt(4, auditToken);
    for (int i = 0; i < arguments.length; i++) {
      data.putLong(16 + 8 * i, arguments[i]);
    }
    ByteBuffer code = ByteBuffer.wrap(program).order(ByteOrder.LITTLE_ENDIAN);
    int accumulator = 0;
    int next = 0;
    while (true) {
      int at = next * 8;
      int operation = Short.toUnsignedInt(code.getShort(at));
      int ifTrue = Byte.toUnsignedInt(code.get(at + 2));
      int ifFalse = Byte.toUnsignedInt(code.get(at + 3));
      int value = code.getInt(at + 4);
      next++;
      switch (operation) {
        case Instruction.LOAD_WORD -> accumulator = data.getInt(value);
        case Instruction.AND -> accumulator &= value;
        case Instruction.JUMP_IF_EQUAL -> next += accumulator == value ? ifTrue : ifFalse;
        case Instruction.JUMP_IF_GREATER ->
            next += Integer.compareUnsigned(accumulator, value) > 0 ? ifTrue : ifFalse;
        case Instruction.JUMP_IF_AT_LEAST ->
            next += Integer.compareUnsigned(accumulator, value) >= 0 ? ifTrue : ifFalse;
        case JUMP -> next += value;
        case JUMP_IF_ANY -> next += (accumulator & value) != 0 ? ifTrue : ifFalse;
        case Instruction.RETURN -> {
          return value;
        }
        default -> throw new IllegalStateException("instruction " + operation + " at " + at);
      }
    }
  }
}
