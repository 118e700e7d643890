package dev.paddock.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What rclone is told of services that no test has. */
final class StorageRemoteTest {
  private static StorageRemote remote(String fields) {
    PlacedEntry placed = placed(fields);
    StorageRemote.check(placed, (Entry.Mount) placed.entry());
    return StorageRemote.of(
        placed, (Entry.Mount) placed.entry(), name -> Optional.of("value of\n" + name));
  }

  private static PlacedEntry placed(String fields) {
    return ManifestReader.read(
            """
            {"entries":{"m":{%s,"mount_strategy":{"type":"docker_volume","driver":"rclone"}}}}
            """
                .formatted(fields))
        .placed()
        .getFirst();
  }

  @Test
  void azureIsAskedByTheNameOfItsAccount() {
    StorageRemote usual =
        remote(
            "\"type\":\"azure_blob_mount\",\"account\":\"acc\",\"container\":\"c\",\"account_key\":\"secret:k\"");
    assertThat(usual.hosts()).containsExactly("acc.blob.core.windows.net:443");
    assertThat(usual.settings())
        .containsEntry("endpoint", "blob.core.windows.net")
        .containsEntry("key", "value of k");
    assertThat(usual.hidden()).containsExactly("value of k");
    assertThat(usual).asString().doesNotContain("value of");
    assertThatThrownBy(
            () ->
                remote(
                    "\"type\":\"azure_blob_mount\",\"account\":\"acc\",\"container\":\"c\",\"endpoint\":\"https://evil.test\""))
        .hasMessage("entries.\"m\".endpoint: must be https://acc.HOST");
  }

  @Test
  void boxIsAskedAtItsOwnHosts() {
    StorageRemote box =
        remote("\"type\":\"box_mount\",\"path\":\"/a/b\",\"access_token\":\"secret:t\"");
    assertThat(box.path()).isEqualTo("a/b");
    assertThat(box.settings()).containsEntry("access_token", "value of t");
    assertThat(box.hosts()).allMatch(host -> host.matches(".*box(cloud)?\\.com:443"));
  }

  @Test
  void gcsIsAskedAnonymouslyWithoutCredentials() {
    assertThat(remote("\"type\":\"gcs_mount\",\"bucket\":\"b\",\"prefix\":\"/p/\"").settings())
        .containsEntry("anonymous", "true");
    assertThat(
            remote("\"type\":\"gcs_mount\",\"bucket\":\"b\",\"access_token\":\"secret:t\"")
                .settings())
        .containsEntry("token", "{\"access_token\":\"value of t\",\"token_type\":\"Bearer\"}");
  }

  @Test
  void aBucketsNameIsOnlyAName() {
    for (String name : new String[] {"../b", "b/c", "b:c", "-b", "b c", "a..b"}) {
      assertThatThrownBy(() -> remote("\"type\":\"s3_mount\",\"bucket\":\"%s\"".formatted(name)))
          .hasMessageStartingWith("entries.\"m\".bucket: must be a name");
    }
    for (String url :
        new String[] {"file:///etc", "https://u:p@h", "https://h/?a", "h", "http://"}) {
      assertThatThrownBy(
              () ->
                  remote(
                      "\"type\":\"s3_mount\",\"bucket\":\"b\",\"endpoint_url\":\"%s\""
                          .formatted(url)))
          .hasMessageStartingWith("entries.\"m\".endpoint_url: ");
    }
    assertThatThrownBy(() -> remote("\"type\":\"s3_mount\",\"bucket\":\"b\",\"prefix\":\"../x\""))
        .hasMessageStartingWith("entries.\"m\".prefix: \"../x\" leads upwards");
  }

  @Test
  void whatIsOfThisMachineIsNotLent() {
    assertThatThrownBy(
            () ->
                remote(
                    "\"type\":\"gcs_mount\",\"bucket\":\"b\",\"service_account_file\":\"/root/key.json\""))
        .hasMessage(
            "entries.\"m\".service_account_file: credentials of this machine are not lent; name a"
                + " secret in another field");
  }
}
