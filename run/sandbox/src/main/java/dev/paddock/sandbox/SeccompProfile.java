package dev.paddock.sandbox;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.sandbox.FilterRule.Condition;
import dev.paddock.sandbox.FilterRule.Errno;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The rules of {@link SystemCallFilter} as container engines read them: a list of what is allowed,
 * so that a call which this list or the engine does not know is refused.
 *
 * @see <a href="https://github.com/opencontainers/runtime-spec/blob/main/config-linux.md#seccomp">
 *     the runtime's specification</a>
 */
public final class SeccompProfile {
  private static final String CALLS = "system-calls";
  private static final String ALLOW = "SCMP_ACT_ALLOW";
  private static final String ERRNO = "SCMP_ACT_ERRNO";

  private SeccompProfile() {}

  /** The profile in Docker's JSON. */
  public static String json() {
    ObjectNode profile = Json.object();
    profile.put("defaultAction", ERRNO).put("defaultErrnoRet", Errno.ENOSYS.number());
    ArrayNode entries = profile.putArray("syscalls");
    Set<String> ruled = new HashSet<>();
    for (FilterRule rule : SystemCallFilter.rules(Measure.ALL)) {
      String name = rule.call().kernelName();
      ruled.add(name);
      if (rule.cases().isEmpty()) {
        refuse(entries, name, rule.otherwise());
      }
      for (List<Condition> together : allowed(rule)) {
        ArrayNode arguments = allow(entries, List.of(name)).putArray("args");
        together.forEach(condition -> add(arguments, condition));
      }
    }
    allow(entries, names().stream().filter(name -> !ruled.contains(name)).toList());
    return Json.write(profile);
  }

  private static ObjectNode allow(ArrayNode entries, Collection<String> names) {
    ObjectNode entry = entries.addObject().put("action", ALLOW);
    ArrayNode list = entry.putArray("names");
    names.forEach(list::add);
    return entry;
  }

  /** Some callers fall back to another call for the one error and give up for the other. */
  private static void refuse(ArrayNode entries, String name, int action) {
    ObjectNode entry = entries.addObject().put("action", ERRNO);
    entry.put("errnoRet", action & 0xFFFF).putArray("names").add(name);
  }

  /** The kernel takes these arguments as 32-bit values, so the high half is masked away. */
  private static void add(ArrayNode arguments, Condition condition) {
    arguments
        .addObject()
        .put("index", condition.argument())
        .put("op", "SCMP_CMP_MASKED_EQ")
        .put("value", Integer.toUnsignedLong(condition.mask()))
        .put("valueTwo", Integer.toUnsignedLong(condition.value()));
  }

  /** When a call is allowed: any of these, of which each is a set of conditions on bits. */
  private static List<List<Condition>> allowed(FilterRule rule) {
    if (rule.matched() == FilterRule.ALLOW) {
      return rule.cases();
    }
    List<Condition> only = rule.cases().getFirst();
    if (rule.cases().size() == 1 && only.stream().noneMatch(Condition::equal)) {
      return only.stream()
          .map(any -> List.of(Condition.masked(any.argument(), any.mask(), 0)))
          .toList();
    }
    // engines know no "not these values" of half an argument: say it by leading bits
    List<Integer> values = new ArrayList<>();
    for (List<Condition> each : rule.cases()) {
      Condition one = each.getFirst();
      if (each.size() > 1
          || one.argument() != only.getFirst().argument()
          || one.mask() != -1
          || !one.equal()) {
        throw new IllegalStateException("no profile can say the rule of " + rule.call());
      }
      values.add(one.value());
    }
    List<List<Condition>> blocks = new ArrayList<>();
    allBut(values, only.getFirst().argument(), 0, Integer.SIZE - 1, blocks);
    return blocks;
  }

  private static void allBut(
      List<Integer> values, int argument, int leading, int bit, List<List<Condition>> blocks) {
    if (values.isEmpty()) {
      blocks.add(List.of(Condition.masked(argument, -1 << (bit + 1), leading)));
    } else if (bit >= 0) {
      int one = 1 << bit;
      allBut(
          values.stream().filter(v -> (v & one) == 0).toList(), argument, leading, bit - 1, blocks);
      allBut(
          values.stream().filter(v -> (v & one) != 0).toList(),
          argument,
          leading | one,
          bit - 1,
          blocks);
    }
  }

  /** Every call up to {@link Syscall#HIGHEST_KNOWN}, of both architectures. */
  static List<String> names() {
    try (InputStream list = SeccompProfile.class.getResourceAsStream(CALLS)) {
      if (list == null) {
        throw new IllegalStateException("the list of system calls is missing");
      }
      return new String(list.readAllBytes(), StandardCharsets.US_ASCII).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
