package dev.paddock.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Manifests at random and broken ones, from seeds that a failure names. {@code -Dpaddock.soak=true}
 * tries 300,000.
 */
final class ManifestFuzzTest {
  private static final int ROUNDS = Boolean.getBoolean("paddock.soak") ? 300_000 : 5_000;

  private static final List<String> TEXTS =
      List.of(
          "",
          "a",
          "A",
          "a/b",
          "a//b",
          "./a",
          "..",
          "../a",
          "a/../b",
          "/a",
          "/workspace/a",
          "\\",
          "C:/a",
          "a\0b",
          "a\nb",
          "\ud800",
          "é",
          "\u202e",
          "file",
          "dir",
          "local_file",
          "local_dir",
          "git_repo",
          "s3_mount",
          "box_mount",
          "in_container",
          "rclone",
          "str",
          "secret:x",
          "https://h",
          "main",
          "o/n",
          "x".repeat(300),
          "user",
          "0",
          "1e400");

  private static final String WHOLE =
      """
      {"version":1,"root":"/workspace","entries":{
       "a":{"type":"file","content":"x","permissions":{"owner":6,"group":4,"other":0}},
       "d":{"type":"dir","children":{"e":{"type":"dir","children":{
         "l":{"type":"local_dir","src":"x"}}},"f":{"type":"local_file","src":"y","group":{"name":"g"}}}},
       "g":{"type":"git_repo","repo":"o/n","ref":"main","subpath":"s"},
       "s":{"type":"s3_mount","bucket":"b","prefix":"p","mount_path":"m/n","mount_strategy":
         {"type":"in_container","pattern":{"type":"rclone","extra_args":[]}}},
       "z":{"type":"azure_blob_mount","account":"a","container":"c","mount_strategy":
         {"type":"docker_volume","driver":"rclone","driver_options":{"a":"b"}}},
       "x":{"type":"s3_files_mount","file_system_id":"f","extra_options":{"a":null},"mount_strategy":
         {"type":"in_container","pattern":{"type":"s3files"}}}},
       "environment":{"value":{"A":"1","B":{"type":"str","value":"2"},"C":{"value":{"value":"3"}}}},
       "users":[{"name":"u"}],"groups":[{"name":"g","users":[{"name":"u"}]}],
       "extra_path_grants":[{"path":"/mnt/x","read_only":true,"host_path":"/srv"}],
       "remote_mount_command_allowlist":["ls"]}
      """;

  @Test
  void aBrokenManifestIsRefusedOrReadTheSameTwice() {
    int read = 0;
    for (int seed = 0; seed < ROUNDS; seed++) {
      Random random = new Random(seed);
      ObjectNode json = (ObjectNode) Json.tree(WHOLE);
      for (int i = random.nextInt(4); i >= 0; i--) {
        mutate(json, random);
      }
      read += check("seed " + seed, json) ? 1 : 0;
    }
    assertThat(read).isBetween(ROUNDS / 50, ROUNDS - ROUNDS / 50);
  }

  @Test
  void brokenTextIsRefusedOrReadTheSameTwice() {
    for (int seed = 0; seed < ROUNDS; seed++) {
      Random random = new Random(seed);
      StringBuilder text = new StringBuilder(WHOLE);
      for (int i = random.nextInt(6); i >= 0; i--) {
        int at = random.nextInt(text.length());
        switch (random.nextInt(3)) {
          case 0 -> text.deleteCharAt(at);
          case 1 -> text.insert(at, (char) random.nextInt(0x300));
          default -> text.setCharAt(at, "{}[]\",:\\x0".charAt(random.nextInt(10)));
        }
      }
      try {
        WorkspaceManifest manifest = ManifestReader.read(text.toString());
        assertThat(ManifestReader.read(ManifestWriter.json(manifest)))
            .as("seed " + seed)
            .isEqualTo(manifest);
      } catch (ManifestException e) {
        assertThat(e.getMessage()).as("seed " + seed).isNotBlank();
      }
    }
  }

  @Test
  void aListingIsRefusedOrATreeOfPlainPaths() {
    int read = 0;
    for (int seed = 0; seed < ROUNDS; seed++) {
      Random random = new Random(seed);
      ArrayNode objects = Json.mapper().createArrayNode();
      for (int i = random.nextInt(4); i >= 0; i--) {
        StringBuilder key = new StringBuilder();
        for (int j = random.nextInt(3); j >= 0; j--) {
          key.append(text(random)).append(random.nextInt(3) == 0 ? "/" : "");
        }
        objects.addObject().put("Path", key.toString()).put("Size", random.nextInt(-1, 9));
      }
      StorageListing listing;
      try {
        listing = StorageListing.read("m", Json.write(objects), StorageLimits.DEFAULT);
      } catch (ManifestException e) {
        assertThat(e.getMessage()).as("seed " + seed).startsWith("m: ").doesNotContain("\n");
        continue;
      }
      read++;
      assertThat(listing.sizes()).as("seed " + seed).hasSize(objects.size());
      for (String path : listing.sizes().keySet()) {
        assertThat(List.of(path.split("/", -1))).as("seed " + seed).doesNotContain("..", ".", "");
        assertThat(listing.sizes().keySet()).noneMatch(other -> other.startsWith(path + "/"));
      }
    }
    assertThat(read).isGreaterThan(ROUNDS / 50);
  }

  /** Whether it was taken; anything but the module's own exception is a failure. */
  private static boolean check(String seed, JsonNode json) {
    WorkspaceManifest manifest;
    try {
      manifest = ManifestReader.read(json);
    } catch (ManifestException e) {
      assertThat(e.getMessage()).as(seed).isNotBlank().doesNotContain("\n");
      return false;
    }
    assertThat(ManifestReader.read(ManifestWriter.json(manifest))).as(seed).isEqualTo(manifest);
    for (PlacedEntry placed : manifest.placed()) {
      assertThat(placed.path()).as(seed).doesNotStartWith("/").doesNotContain("\0", "\n");
      assertThat(List.of(placed.path().split("/", -1))).as(seed).doesNotContain("..", ".", "");
    }
    try {
      new ManifestCheck(manifest, List.of()).require((json.hashCode() & 1) == 0);
    } catch (ManifestException e) {
      assertThat(e.getMessage()).as(seed).isNotBlank();
    }
    return true;
  }

  private static void mutate(ObjectNode json, Random random) {
    List<JsonNode> containers = new ArrayList<>();
    collect(json, containers);
    JsonNode chosen = containers.get(random.nextInt(containers.size()));
    if (chosen instanceof ArrayNode list) {
      list.add(value(random));
      return;
    }
    ObjectNode object = (ObjectNode) chosen;
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    String name =
        names.isEmpty() || random.nextInt(5) == 0
            ? text(random)
            : names.get(random.nextInt(names.size()));
    switch (random.nextInt(4)) {
      case 0 -> object.remove(name);
      case 1 -> object.set(name, containers.get(random.nextInt(containers.size())).deepCopy());
      default -> object.set(name, value(random));
    }
  }

  private static void collect(JsonNode node, List<JsonNode> containers) {
    if (node.isContainerNode()) {
      containers.add(node);
      node.forEach(child -> collect(child, containers));
    }
  }

  private static String text(Random random) {
    return TEXTS.get(random.nextInt(TEXTS.size()));
  }

  private static JsonNode value(Random random) {
    return switch (random.nextInt(8)) {
      case 0 -> Json.mapper().nullNode();
      case 1 -> Json.tree((Object) random.nextBoolean());
      case 2 -> Json.tree((Object) random.nextInt(12));
      case 3 -> Json.object();
      case 4 -> Json.tree((Object) Double.valueOf(random.nextDouble() * 1e12));
      default -> Json.tree((Object) text(random));
    };
  }
}
