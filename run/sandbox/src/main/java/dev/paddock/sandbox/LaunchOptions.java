package dev.paddock.sandbox;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How boxes are started. Only tests differ from {@link #PRODUCTION}: they leave out a measure, and
 * then start the box inside throwaway namespaces.
 *
 * @param prefix a command that runs the one that follows it
 * @param leaked a host file that stays open on the way into the box, when that is not prevented
 * @param controlGroups whether they may be used at all
 */
record LaunchOptions(
    Set<Measure> measures, List<String> prefix, Optional<Path> leaked, boolean controlGroups) {
  static final LaunchOptions PRODUCTION =
      new LaunchOptions(Measure.ALL, List.of(), Optional.empty(), true);

  LaunchOptions {
    measures = Set.copyOf(measures);
    prefix = List.copyOf(prefix);
  }

  boolean has(Measure measure) {
    return measures.contains(measure);
  }

  LaunchOptions withMeasures(Set<Measure> kept) {
    return new LaunchOptions(kept, prefix, leaked, controlGroups);
  }

  LaunchOptions withPrefix(List<String> command) {
    return new LaunchOptions(measures, command, leaked, controlGroups);
  }

  LaunchOptions withLeaked(Path file) {
    return new LaunchOptions(measures, prefix, Optional.of(file), controlGroups);
  }

  LaunchOptions withoutControlGroups() {
    return new LaunchOptions(measures, prefix, leaked, false);
  }
}
