package dev.paddock.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SandboxPlacesTest {
  @TempDir Path home;

  private Node node() {
    return Node.open(Map.of("PADDOCK_HOME", home.toString()));
  }

  private void configure(String toml) throws Exception {
    Files.writeString(home.resolve("config.toml"), toml);
  }

  @Test
  void theUsualPlaceIsThisMachine() {
    try (Node node = node()) {
      assertThat(node.sandboxes().place()).isEqualTo("local");
    }
  }

  @Test
  void theSettingsChooseAndTheCommandLineDecides() throws Exception {
    configure("[sandbox]\nplace = \"testing\"\n[sandbox.testing]\nimage = \"blue\"\n");
    try (Node node = node()) {
      assertThat(node.sandboxes().place()).isEqualTo("testing");
      assertThat(node.sandboxes().readiness().missing().getFirst().fix()).isEqualTo("pull blue");
    }
    try (Node node = node()) {
      node.setPlace("local");
      assertThat(node.sandboxes().place()).isEqualTo("local");
    }
  }

  @Test
  void aPlaceThatIsNotThereIsRefused() {
    try (Node node = node()) {
      assertThatThrownBy(() -> node.setPlace("moon"))
          .isInstanceOf(NodeException.class)
          .hasMessageContaining("no place \"moon\"")
          .hasMessageContaining("local, testing");
    }
  }

  @Test
  void theDoctorLooksAtEveryPlaceAndOnlyTheChosenOneMustBeReady() {
    assertThat(found("local")).isEqualTo(Doctor.State.ABSENT);
    assertThat(found("testing")).isEqualTo(Doctor.State.MISSING);
  }

  private Doctor.State found(String place) {
    try (Node node = node()) {
      node.setPlace(place);
      List<Doctor.Finding> findings = new Doctor(node, Map.of()).examine();
      Doctor.Finding testing =
          findings.stream()
              .filter(finding -> finding.part().equals("sandbox testing"))
              .findFirst()
              .orElseThrow();
      assertThat(testing.fix()).isEqualTo(Optional.of("pull none"));
      assertThat(findings).anyMatch(finding -> finding.part().equals("sandbox local"));
      return testing.state();
    }
  }
}
