package dev.paddock.sandbox;

import dev.paddock.sandbox.BpfProgram.Instruction;
import java.util.ArrayList;
import java.util.List;

/**
 * What happens to one system call, decided by its arguments.
 *
 * @param cases each one a set of conditions that must all hold; no case never matches
 * @param matched what the filter returns when a case matches
 * @param otherwise what it returns when none does
 */
record FilterRule(Syscall call, List<List<Condition>> cases, int matched, int otherwise) {
  /** {@code SECCOMP_RET_ALLOW}. */
  static final int ALLOW = 0x7FFF_0000;

  /** {@code SECCOMP_RET_KILL_PROCESS}. */
  static final int KILL_PROCESS = 0x8000_0000;

  /** {@code offsetof(struct seccomp_data, args)}. */
  private static final int ARGUMENTS = 16;

  FilterRule {
    cases = cases.stream().map(List::copyOf).toList();
  }

  static FilterRule refuse(Syscall call, Errno errno) {
    return new FilterRule(call, List.of(), ALLOW, errno.action());
  }

  /** Refuses the call when all conditions hold. */
  static FilterRule refuseIf(Syscall call, Errno errno, Condition... conditions) {
    return new FilterRule(call, List.of(List.of(conditions)), errno.action(), ALLOW);
  }

  /** Refuses the call unless one of the cases holds. */
  static FilterRule refuseUnless(Syscall call, Errno errno, List<List<Condition>> cases) {
    return new FilterRule(call, cases, ALLOW, errno.action());
  }

  /** Instructions that end with a return for this call and fall through, untouched, for others. */
  List<Instruction> compile(int number) {
    List<Instruction> body = new ArrayList<>();
    for (List<Condition> conditions : cases) {
      int length = conditions.stream().mapToInt(Condition::length).sum();
      int done = 0;
      for (Condition condition : conditions) {
        done += condition.length();
        int toNextCase = length - done + 1;
        condition.compile(body, toNextCase);
      }
      body.add(Instruction.ret(matched));
    }
    body.add(Instruction.ret(otherwise));
    List<Instruction> rule = new ArrayList<>();
    rule.add(Instruction.ifEqual(number, 0, body.size()));
    rule.addAll(body);
    return rule;
  }

  /**
   * Compares the low half of an argument under a mask. The kernel takes all arguments that the
   * rules look at as 32-bit values, so the high half must not be looked at: a call with junk in it
   * is the same call.
   */
  record Condition(int argument, int mask, boolean equal, int value) {
    static Condition is(int argument, int value) {
      return new Condition(argument, -1, true, value);
    }

    static Condition masked(int argument, int mask, int value) {
      return new Condition(argument, mask, true, value);
    }

    static Condition hasAny(int argument, int mask) {
      return new Condition(argument, mask, false, 0);
    }

    private int length() {
      return mask == -1 ? 2 : 3;
    }

    private void compile(List<Instruction> into, int toNextCase) {
      into.add(Instruction.load(ARGUMENTS + 8 * argument));
      if (mask != -1) {
        into.add(Instruction.and(mask));
      }
      into.add(
          equal
              ? Instruction.ifEqual(value, 0, toNextCase)
              : Instruction.ifEqual(value, toNextCase, 0));
    }
  }

  /** The error that a refused call gets. */
  enum Errno {
    EPERM(1),
    ENOSYS(38),
    EAFNOSUPPORT(97);

    private final int number;

    Errno(int number) {
      this.number = number;
    }

    int number() {
      return number;
    }

    /** {@code SECCOMP_RET_ERRNO}. */
    int action() {
      return 0x0005_0000 | number;
    }
  }
}
