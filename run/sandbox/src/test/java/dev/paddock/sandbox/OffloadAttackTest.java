package dev.paddock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.paddock.core.CoreException;
import dev.paddock.core.EventId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Attack 15: a long result is kept as a file, and the agent says where that leads. */
class OffloadAttackTest {
  @TempDir Path temp;

  @Test
  void attack15NoCallHasANameThatLeadsOut() {
    for (String id :
        List.of("sevt_../x", "sevt_a/b", "sevt_\0", "sevt_..\\x", "../x", "sevt_%2e")) {
      assertThatExceptionOfType(CoreException.class).isThrownBy(() -> new EventId(id));
    }
  }

  @Test
  void attack15LinksInTheWayOfAResultLeadNowhereOutside() throws IOException {
    Path outside = Files.createDirectory(temp.resolve("outside"));
    Path canary = Files.writeString(outside.resolve("canary"), "sings");
    EventId call = EventId.next();
    Path own = Files.createDirectory(temp.resolve("one"));
    Files.createSymbolicLink(own.resolve(".paddock"), outside);
    Path deeper = Files.createDirectory(temp.resolve("two"));
    Files.createDirectory(deeper.resolve(".paddock"));
    Files.createSymbolicLink(deeper.resolve(".paddock/results"), Path.of("../../outside"));
    Path file = Files.createDirectory(temp.resolve("three"));
    Files.createDirectories(file.resolve(".paddock/results"));
    Files.createSymbolicLink(file.resolve(".paddock/results/" + call + ".txt"), canary);
    for (Path folder : List.of(own, deeper, file)) {
      try (Workspace workspace = Workspace.open(folder, List.of());
          LocalHands hands =
              new LocalHands(
                  List.of(),
                  FileJournal.open(temp.resolve("calls.journal"), new TestingBlobs()),
                  workspace)) {
        assertThatExceptionOfType(SandboxException.class)
            .isThrownBy(() -> hands.keep(call, "the result"));
      }
    }
    assertThat(canary).hasContent("sings");
    assertThat(outside.toFile().list()).containsExactly("canary");
  }
}
