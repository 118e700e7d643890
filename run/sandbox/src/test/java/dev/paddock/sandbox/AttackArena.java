package dev.paddock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Where attacks are tried: once with every measure, then without each single one of those that are
 * said to hold it, then without all of them. They must fail, fail, and succeed.
 *
 * @param <M> what holds, one by one
 * @param <R> an attempt
 */
public abstract class AttackArena<M extends Enum<M>, R extends AttackArena.Attempt> {
  private final Set<M> all;

  protected AttackArena(Set<M> all) {
    this.all = all;
  }

  /** One attempt, with what it was tried on. */
  public interface Attempt extends AutoCloseable {
    @Override
    void close();
  }

  /** What is tried. */
  @FunctionalInterface
  public interface Attack<R> {
    /** Whether the attacker got what it must not, as seen from outside. */
    boolean succeeds(R round) throws Exception;
  }

  /** An attempt with these measures alone. */
  public abstract R round(Set<M> measures) throws Exception;

  /**
   * Asserts that exactly these measures hold an attack, each of them alone if there are several.
   */
  @SafeVarargs
  public final void assertHeldBy(Attack<? super R> attack, M first, M... rest) throws Exception {
    assertHeld(attack);
    List<M> measures = new ArrayList<>(List.of(first));
    for (M measure : rest) {
      measures.add(measure);
    }
    if (measures.size() > 1) {
      for (M measure : measures) {
        assertThat(succeeds(attack, without(List.of(measure))))
            .as("the attack succeeds without " + measure + " alone")
            .isFalse();
      }
    }
    assertThat(succeeds(attack, without(measures)))
        .as("the attack succeeds without " + measures)
        .isTrue();
  }

  public final void assertHeld(Attack<? super R> attack) throws Exception {
    assertThat(succeeds(attack, all)).as("the attack succeeds").isFalse();
  }

  private Set<M> without(List<M> measures) {
    Set<M> kept = EnumSet.copyOf(all);
    measures.forEach(kept::remove);
    return kept;
  }

  private boolean succeeds(Attack<? super R> attack, Set<M> measures) throws Exception {
    try (R round = round(measures)) {
      return attack.succeeds(round);
    }
  }
}
