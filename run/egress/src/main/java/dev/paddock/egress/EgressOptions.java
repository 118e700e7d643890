package dev.paddock.egress;

import java.util.Set;

/**
 * How a proxy works. Only tests differ from {@link #PRODUCTION}: they leave out a measure.
 *
 * @param targets what reads the host and port of a request
 */
record EgressOptions(Set<EgressMeasure> measures, TargetReader targets) {
  static final EgressOptions PRODUCTION = new EgressOptions(EgressMeasure.ALL, Target::parse);

  EgressOptions {
    measures = Set.copyOf(measures);
  }

  EgressOptions withMeasures(Set<EgressMeasure> kept) {
    return new EgressOptions(kept, targets);
  }

  EgressOptions withTargets(TargetReader reader) {
    return new EgressOptions(measures, reader);
  }

  /** Reads the authority of a URL or of a CONNECT. */
  interface TargetReader {
    Target read(String authority, int impliedPort);
  }
}
