package dev.paddock.extract;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * One value to find in each document: a property of the schema with its {@code x-paddock-source}.
 *
 * @param question how a document's value is asked for; empty when no model is to judge it
 * @param inside phrases that speak for a value when they stand in it
 * @param not what no candidate may match
 * @param distinct fields whose value cannot be this one's too
 * @param near the field whose value decides between several kinds of this one, by nearness
 */
record Field(
    String name,
    String description,
    Format format,
    boolean required,
    Optional<String> question,
    List<Label> labels,
    List<Label> inside,
    List<Decoy> decoys,
    List<Pattern> not,
    Bounds bounds,
    Prefer prefer,
    List<String> distinct,
    Optional<String> near,
    Optional<DateOrder> order) {

  /**
   * A kind of value that is taken for this field's but is not.
   *
   * @param question how it is asked for; its likelihood then counts against a candidate
   * @param effect what an amount so labelled does to a total before it
   */
  record Decoy(String name, Optional<String> question, List<Label> labels, Effect effect) {}

  /** What an amount does to a total. */
  enum Effect {
    NONE,
    ADDED,
    SUBTRACTED
  }

  /** What speaks for a candidate beside labels and likelihood. */
  record Prefer(boolean sum, boolean start, boolean wholeSegment) {
    static final Prefer NOTHING = new Prefer(false, false, false);
  }

  /** Reads 03/04/2024 by the value of another field. */
  record DateOrder(String by, Map<String, DateFormat.Order> orders) {
    DateFormat format(String value) {
      return new DateFormat(orders.getOrDefault(value, DateFormat.Order.DMY));
    }
  }

  /** The fields that must be known before this one. */
  Set<String> needs() {
    Set<String> needs = new HashSet<>(distinct);
    near.ifPresent(needs::add);
    order.ifPresent(o -> needs.add(o.by()));
    return needs;
  }
}
