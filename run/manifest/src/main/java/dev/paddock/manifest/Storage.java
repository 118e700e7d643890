package dev.paddock.manifest;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A kind of storage service, and the fields of its entries, which are all texts. */
@SuppressWarnings("ImmutableEnumChecker") // nothing changes them after the constructor
public enum Storage {
  S3(
      "s3_mount",
      Set.of("rclone", "mountpoint"),
      Set.of("rclone", "mountpoint"),
      List.of(
          "bucket!",
          "access_key_id",
          "secret_access_key*",
          "session_token*",
          "prefix",
          "region",
          "endpoint_url",
          "s3_provider=AWS")),
  GCS(
      "gcs_mount",
      Set.of("rclone", "mountpoint"),
      Set.of("rclone", "mountpoint"),
      List.of(
          "bucket!",
          "access_id",
          "secret_access_key*",
          "prefix",
          "region",
          "endpoint_url",
          "service_account_file",
          "service_account_credentials*",
          "access_token*")),
  R2(
      "r2_mount",
      Set.of("rclone"),
      Set.of("rclone"),
      List.of("bucket!", "account_id!", "access_key_id", "secret_access_key*", "custom_domain")),
  AZURE_BLOB(
      "azure_blob_mount",
      Set.of("rclone", "fuse"),
      Set.of("rclone"),
      List.of("account!", "container!", "endpoint", "identity_client_id", "account_key*")),
  BOX(
      "box_mount",
      Set.of("rclone"),
      Set.of("rclone"),
      List.of(
          "path",
          "client_id",
          "client_secret*",
          "access_token*",
          "token*",
          "box_config_file",
          "config_credentials*",
          "box_sub_type=user",
          "root_folder_id",
          "impersonate",
          "owned_by")),
  S3_FILES(
      "s3_files_mount",
      Set.of("s3files"),
      Set.of(),
      List.of("file_system_id!", "subpath", "mount_target_ip", "access_point", "region"));

  private final String type;
  private final Set<String> patterns;
  private final Set<String> drivers;
  private final Map<String, Field> fields = new LinkedHashMap<>();

  /**
   * A field.
   *
   * @param usual what stands there where nothing is written
   */
  record Field(String name, boolean required, boolean secret, Optional<String> usual) {
    private static Field of(String written) {
      int equals = written.indexOf('=');
      String name = equals < 0 ? written.replaceAll("[!*]", "") : written.substring(0, equals);
      return new Field(
          name,
          written.endsWith("!"),
          written.endsWith("*"),
          equals < 0 ? Optional.empty() : Optional.of(written.substring(equals + 1)));
    }
  }

  /**
   * @param written names; {@code !} marks what must be there, {@code *} a secret, {@code =} what is
   *     usual
   */
  Storage(String type, Set<String> patterns, Set<String> drivers, List<String> written) {
    this.type = type;
    this.patterns = patterns;
    this.drivers = drivers;
    written.stream().map(Field::of).forEach(field -> fields.put(field.name(), field));
  }

  public String type() {
    return type;
  }

  /** By the names of the SDK, of ways to mount it in a container. */
  Set<String> patterns() {
    return patterns;
  }

  /** By the names of the SDK, of Docker's volume drivers. */
  Set<String> drivers() {
    return drivers;
  }

  Map<String, Field> fields() {
    return fields;
  }

  static Optional<Storage> of(String type) {
    for (Storage storage : values()) {
      if (storage.type.equals(type)) {
        return Optional.of(storage);
      }
    }
    return Optional.empty();
  }
}
