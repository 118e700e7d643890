package dev.paddock.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.core.WorkspaceId;
import dev.paddock.core.spi.Change;
import dev.paddock.core.spi.Order;
import dev.paddock.core.spi.Resource;
import dev.paddock.core.spi.ResourceFilter;
import dev.paddock.core.spi.TimeRange;
import java.time.Duration;
import java.util.List;
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

  private List<String> ids(ResourceFilter filter) {
    return store.resources().list(filter).stream().map(Resource::id).toList();
  }

  private void create(String id, String json) {
    store.resources().create("memory", id, WorkspaceId.DEFAULT, (ObjectNode) Json.tree(json));
  }

  @Test
  void filtersAndPages() {
    create("mem_a1", "{\"store\":\"s1\",\"path\":\"/a\"}");
    clock.advance(Duration.ofSeconds(1));
    create("mem_a2", "{\"store\":\"s1\",\"archived_at\":\"2026-01-01\"}");
    clock.advance(Duration.ofSeconds(1));
    create("mem_b1", "{\"store\":\"s2\",\"archived_at\":null}");
    create("agent", "mem_a3", WorkspaceId.DEFAULT);
    ResourceFilter all = ResourceFilter.newest("memory", 10);
    assertThat(ids(all)).containsExactly("mem_b1", "mem_a2", "mem_a1");
    assertThat(ids(all.withOrder(Order.ASCENDING).withLimit(2)))
        .containsExactly("mem_a1", "mem_a2");
    assertThat(ids(all.withOrder(Order.ASCENDING).withAfter("mem_a1")))
        .containsExactly("mem_a2", "mem_b1");
    assertThat(ids(all.withMatching("store", "s1"))).containsExactly("mem_a2", "mem_a1");
    assertThat(ids(all.withMatching("store", "s1").withAbsent("archived_at")))
        .containsExactly("mem_a1");
    assertThat(ids(all.withIdPrefix("mem_a"))).containsExactly("mem_a2", "mem_a1");
    assertThat(ids(all.withIdPrefix("mem_a1"))).containsExactly("mem_a1");
    assertThat(ids(all.withIdPrefix(""))).hasSize(3);
    assertThat(ids(all.withIdPrefix("mem%"))).isEmpty();
    assertThat(ids(all.withIdPrefix("' OR '1'='1"))).isEmpty();
    assertThat(ids(all.withWorkspace(OTHER))).isEmpty();
    Resource middle = store.resources().find("memory", "mem_a2").orElseThrow();
    assertThat(ids(all.withCreated(TimeRange.ANY.withFrom(middle.createdAt()))))
        .containsExactly("mem_b1", "mem_a2");
    assertThat(ids(all.withCreated(TimeRange.ANY.withBefore(middle.createdAt()))))
        .containsExactly("mem_a1");
    store.resources().delete("memory", "mem_a2");
    assertThat(ids(all.withOrder(Order.ASCENDING).withAfter("mem_a2"))).containsExactly("mem_b1");
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() -> ids(all.withMatching("a'b", "x")))
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST));
  }

  @Test
  void changesTogetherOrNotAtAll() {
    create("agent", "a", WorkspaceId.DEFAULT);
    create("agent", "b", WorkspaceId.DEFAULT);
    List<Resource> left =
        store
            .resources()
            .apply(
                List.of(
                    new Change.Create("version", "a1", OTHER, Json.object()),
                    new Change.Update("agent", "a", 1, Json.object().put("name", "new")),
                    new Change.Update("agent", "a", 2, Json.object().put("name", "newer")),
                    new Change.Delete("agent", "b", Optional.of(1L)),
                    new Change.Delete("agent", "unknown", Optional.empty())));
    assertThat(left).extracting(Resource::version).containsExactly(1L, 2L, 3L);
    reopen();
    assertThat(store.resources().find("agent", "a")).contains(left.get(2));
    assertThat(store.resources().find("version", "a1")).contains(left.get(0));
    assertThat(store.resources().find("agent", "b")).isEmpty();

    record Attempt(Change last, ErrorCode code) {}
    for (Attempt attempt :
        List.of(
            new Attempt(new Change.Update("agent", "a", 1, Json.object()), ErrorCode.CONFLICT),
            new Attempt(new Change.Create("agent", "a", OTHER, Json.object()), ErrorCode.CONFLICT),
            new Attempt(new Change.Delete("agent", "a", Optional.of(9L)), ErrorCode.CONFLICT),
            new Attempt(new Change.Delete("agent", "b", Optional.of(1L)), ErrorCode.NOT_FOUND),
            new Attempt(new Change.Update("agent", "b", 1, Json.object()), ErrorCode.NOT_FOUND))) {
      assertThatExceptionOfType(StoreException.class)
          .isThrownBy(
              () ->
                  store
                      .resources()
                      .apply(
                          List.of(
                              new Change.Create("version", "a2", OTHER, Json.object()),
                              new Change.Delete("version", "a1", Optional.empty()),
                              attempt.last())))
          .satisfies(e -> assertThat(e.code()).isEqualTo(attempt.code()));
      assertThat(store.resources().find("agent", "a")).contains(left.get(2));
      assertThat(store.resources().find("version", "a1")).contains(left.get(0));
      assertThat(store.resources().find("version", "a2")).isEmpty();
    }
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
