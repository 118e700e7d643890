package dev.paddock.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.core.WorkspaceId;
import dev.paddock.core.spi.Resource;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What every resource store must do. */
abstract class ResourcesContract extends StoreContract {
  private static final WorkspaceId OTHER = new WorkspaceId("wrkspc_other");

  private Resource create(String kind, String id, WorkspaceId workspace) {
    return store.resources().create(kind, id, workspace, Json.object().put("name", id));
  }

  @Test
  void createsFindsAndDeletes() {
    Resource created = create("agent", "agent_1", WorkspaceId.DEFAULT);
    assertThat(created.version()).isEqualTo(1);
    reopen();
    assertThat(store.resources().find("agent", "agent_1")).contains(created);
    assertThat(store.resources().find("environment", "agent_1")).isEmpty();
    assertThat(store.resources().delete("agent", "agent_1")).isTrue();
    assertThat(store.resources().delete("agent", "agent_1")).isFalse();
    assertThat(store.resources().find("agent", "agent_1")).isEmpty();
  }

  @Test
  void refusesAnIdThatExists() {
    Resource created = create("agent", "agent_1", WorkspaceId.DEFAULT);
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() -> create("agent", "agent_1", OTHER))
        .withMessageContaining("agent_1")
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT));
    assertThat(store.resources().find("agent", "agent_1")).contains(created);
    assertThat(create("environment", "agent_1", OTHER).version()).isEqualTo(1);
  }

  @Test
  void updatesOnlyTheExpectedVersion() {
    Resource created = create("agent", "agent_1", WorkspaceId.DEFAULT);
    clock.advance(Duration.ofMinutes(1));
    Resource updated =
        store.resources().update("agent", "agent_1", 1, Json.object().put("name", "new"));
    assertThat(updated.version()).isEqualTo(2);
    assertThat(updated.createdAt()).isEqualTo(created.createdAt());
    assertThat(updated.updatedAt()).isEqualTo(created.createdAt().plusSeconds(60));
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() -> store.resources().update("agent", "agent_1", 1, Json.object()))
        .withMessageContaining("version 2")
        .withMessageContaining("not 1")
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT));
    assertThat(store.resources().find("agent", "agent_1")).contains(updated);
  }

  @Test
  void saysThatOneIsUnknown() {
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() -> store.resources().update("agent", "agent_1", 1, Json.object()))
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND));
  }

  @Test
  void listsNewestFirst() {
    create("agent", "a", WorkspaceId.DEFAULT);
    create("agent", "b", OTHER);
    create("agent", "c", WorkspaceId.DEFAULT);
    create("environment", "d", WorkspaceId.DEFAULT);
    assertThat(store.resources().list("agent", Optional.empty(), Optional.empty(), 2))
        .extracting(Resource::id)
        .containsExactly("c", "b");
    assertThat(store.resources().list("agent", Optional.empty(), Optional.of("b"), 2))
        .extracting(Resource::id)
        .containsExactly("a");
    assertThat(
            store.resources().list("agent", Optional.of(WorkspaceId.DEFAULT), Optional.empty(), 9))
        .extracting(Resource::id)
        .containsExactly("c", "a");
  }

  @Test
  void pagesOnAfterTheLastOneWasDeleted() {
    create("agent", "agent_a", WorkspaceId.DEFAULT);
    create("agent", "agent_b", WorkspaceId.DEFAULT);
    create("agent", "agent_c", WorkspaceId.DEFAULT);
    store.resources().delete("agent", "agent_b");
    assertThat(store.resources().list("agent", Optional.empty(), Optional.of("agent_b"), 9))
        .extracting(Resource::id)
        .containsExactly("agent_a");
  }

  @Test
  void refusesHostileNames() {
    for (String name : new String[] {"", " ", "n".repeat(256)}) {
      assertThatExceptionOfType(StoreException.class)
          .isThrownBy(() -> create("agent", name, WorkspaceId.DEFAULT))
          .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST));
    }
    String quoted = "'; DROP TABLE resources; --";
    assertThat(create("agent", quoted, WorkspaceId.DEFAULT).id()).isEqualTo(quoted);
    assertThat(store.resources().find("agent", quoted)).isPresent();
  }
}
