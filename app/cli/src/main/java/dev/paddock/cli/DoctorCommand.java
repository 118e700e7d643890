package dev.paddock.cli;

import dev.paddock.core.Json;
import dev.paddock.node.Doctor;
import dev.paddock.node.Node;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description = "Says what this machine offers, and the exact fix for each missing part.")
final class DoctorCommand implements Callable<Integer> {
  private final Context context;

  @Option(names = "--json", description = "One JSON object a line.")
  private boolean json;

  DoctorCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    List<Doctor.Finding> findings;
    try (Node node = context.open()) {
      findings = new Doctor(node, context.environment()).examine();
    }
    for (Doctor.Finding finding : findings) {
      String state = finding.state().name().toLowerCase(Locale.ROOT).replace('_', ' ');
      if (json) {
        System.out.println(Json.write(finding));
        continue;
      }
      System.out.printf(
          "%-12s %-16s %s%n", state, finding.part(), Screen.printable(finding.detail()));
      finding.fix().ifPresent(fix -> System.out.printf("%-12s %-16s fix: %s%n", "", "", fix));
    }
    return findings.stream().anyMatch(f -> f.state() == Doctor.State.MISSING)
        ? Exit.MISSING_PART
        : Exit.OK;
  }
}
