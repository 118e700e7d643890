package dev.paddock.manifest;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * A mount as {@code rclone} is told of it.
 *
 * @param settings of the remote; secrets stand in it
 * @param path of the bucket, and what of it is wanted
 * @param hosts that it may talk to, as rules of an egress proxy are written
 * @param hidden values that no message may show
 */
record StorageRemote(
    Map<String, String> settings, String path, List<String> hosts, Set<String> hidden) {
  /** Before the name of a secret. */
  static final String SECRET = "secret:";

  private static final Set<String> OF_THIS_MACHINE =
      Set.of("service_account_file", "box_config_file", "identity_client_id");

  @Override
  public String toString() {
    return path + " at " + hosts; // never the settings
  }

  /** What can be said before anything is fetched. */
  static void check(PlacedEntry placed, Entry.Mount mount) {
    if (mount.storage() == Storage.S3_FILES) {
      throw new ManifestException(
          ErrorCode.PART_MISSING,
          placed.field()
              + ": an S3 Files file system is reached from machines in its own network only; name its"
              + " bucket as an s3_mount");
    }
    for (Storage.Field field : mount.storage().fields().values()) {
      String value = mount.options().getOrDefault(field.name(), "");
      String at = Fields.field(placed.field(), field.name());
      if (OF_THIS_MACHINE.contains(field.name()) && !value.isEmpty()) {
        throw ManifestException.wrong(
            at, "credentials of this machine are not lent; name a secret in another field");
      }
      if (field.secret() && !value.isEmpty() && !value.startsWith(SECRET)) {
        throw ManifestException.wrong(
            at,
            "a secret has no place in a manifest; write %sNAME, and keep it as NAME"
                .formatted(SECRET));
      }
    }
    of(placed, mount, secret -> Optional.of("x"));
  }

  /**
   * @param secrets the value of a secret, by its name
   */
  static StorageRemote of(
      PlacedEntry placed, Entry.Mount mount, Function<String, Optional<String>> secrets) {
    Builder remote = new Builder(placed, mount, secrets);
    return switch (mount.storage()) {
      case S3 -> remote.s3();
      case GCS -> remote.gcs();
      case R2 -> remote.r2();
      case AZURE_BLOB -> remote.azure();
      case BOX -> remote.box();
      case S3_FILES -> throw new IllegalArgumentException("has no remote");
    };
  }

  private record Builder(
      PlacedEntry placed,
      Entry.Mount mount,
      Function<String, Optional<String>> secrets,
      Map<String, String> settings,
      Set<String> hidden) {
    Builder(PlacedEntry placed, Entry.Mount mount, Function<String, Optional<String>> secrets) {
      this(placed, mount, secrets, new LinkedHashMap<>(), new HashSet<>());
    }

    StorageRemote s3() {
      settings.put("type", "s3");
      settings.put("provider", option("s3_provider").orElse("AWS"));
      settings.put("env_auth", "false");
      put("access_key_id", "access_key_id");
      put("secret_access_key", "secret_access_key");
      put("session_token", "session_token");
      put("region", "region");
      String region = option("region").map(name -> "." + name).orElse("");
      return remote(
          bucket("bucket"),
          endpoint("endpoint_url", "https://s3%s.amazonaws.com".formatted(region)));
    }

    StorageRemote gcs() {
      if (option("access_id").isPresent() && option("secret_access_key").isPresent()) {
        settings.put("type", "s3");
        settings.put("provider", "GCS");
        settings.put("env_auth", "false");
        put("access_id", "access_key_id");
        put("secret_access_key", "secret_access_key");
        put("region", "region");
        String usual = "https://storage.googleapis.com";
        settings.put("endpoint", usual);
        return remote(bucket("bucket"), endpoint("endpoint_url", usual));
      }
      settings.put("type", "google cloud storage");
      settings.put("env_auth", "false");
      settings.put("bucket_policy_only", "true");
      put("service_account_credentials", "service_account_credentials");
      token("access_token");
      if (option("service_account_credentials").isEmpty() && option("access_token").isEmpty()) {
        settings.put("anonymous", "true");
      }
      List<String> hosts = endpoint("endpoint_url", "https://storage.googleapis.com");
      List<String> all = new ArrayList<>(hosts);
      all.add("oauth2.googleapis.com:443");
      return remote(bucket("bucket"), all);
    }

    StorageRemote r2() {
      settings.put("type", "s3");
      settings.put("provider", "Cloudflare");
      settings.put("env_auth", "false");
      put("access_key_id", "access_key_id");
      put("secret_access_key", "secret_access_key");
      String account = option("account_id").orElse("");
      if (!account.matches("[A-Za-z0-9-]{1,64}")) {
        throw wrong("account_id", "must be letters, digits and -");
      }
      String usual = "https://%s.r2.cloudflarestorage.com".formatted(account);
      settings.put("endpoint", usual);
      return remote(bucket("bucket"), endpoint("custom_domain", usual));
    }

    StorageRemote azure() {
      settings.put("type", "azureblob");
      put("account", "account");
      put("account_key", "key");
      String account = option("account").orElse("");
      if (!account.matches("[a-z0-9-]{1,64}")) {
        throw wrong("account", "must be small letters and digits");
      }
      URI url = url("endpoint", "https://%s.blob.core.windows.net".formatted(account));
      if (!"https".equalsIgnoreCase(url.getScheme()) || !url.getHost().startsWith(account + ".")) {
        throw wrong("endpoint", "must be https://%s.HOST".formatted(account));
      }
      int port = url.getPort() < 0 ? 443 : url.getPort();
      String service = url.getHost().substring(account.length() + 1);
      settings.put("endpoint", url.getPort() < 0 ? service : service + ":" + port);
      return remote(bucket("container"), List.of(url.getHost() + ":" + port));
    }

    StorageRemote box() {
      settings.put("type", "box");
      put("client_id", "client_id");
      put("client_secret", "client_secret");
      put("access_token", "access_token");
      put("token", "token");
      put("config_credentials", "config_credentials");
      put("box_sub_type", "box_sub_type");
      put("root_folder_id", "root_folder_id");
      put("impersonate", "impersonate");
      put("owned_by", "owned_by");
      String folder = option("path").orElse("").replaceFirst("^/+", "");
      String path =
          folder.isEmpty() ? "" : ManifestPath.normal(Fields.field(placed.field(), "path"), folder);
      return new StorageRemote(
          settings,
          path,
          List.of("api.box.com:443", "upload.box.com:443", "*.boxcloud.com:443"),
          hidden);
    }

    private StorageRemote remote(String path, List<String> hosts) {
      return new StorageRemote(settings, path, hosts, hidden);
    }

    private Optional<String> option(String name) {
      return Optional.ofNullable(mount.options().get(name)).filter(value -> !value.isEmpty());
    }

    private Optional<String> value(String name) {
      return option(name)
          .map(written -> written.startsWith(SECRET) ? secret(name, written) : written);
    }

    /** On one line, as all settings are. */
    private String secret(String name, String written) {
      String value =
          secrets
              .apply(written.substring(SECRET.length()))
              .orElseThrow(() -> unknown(name, written))
              .replaceAll("[\\r\\n]+", " ")
              .strip();
      hidden.add(value);
      return value;
    }

    private ManifestException unknown(String name, String written) {
      return new ManifestException(
          ErrorCode.NOT_FOUND,
          "%s: there is no secret \"%s\" that may be sent to this service; keep one in a vault of the"
                  .formatted(
                      Fields.field(placed.field(), name),
                      Fields.shown(written.substring(SECRET.length())))
              + " session or in config.toml, [secrets.NAME] from = \"env:…\", hosts = [\"…\"]");
    }

    private void put(String name, String setting) {
      value(name).ifPresent(value -> settings.put(setting, value));
    }

    private void token(String name) {
      value(name)
          .ifPresent(
              value ->
                  settings.put(
                      "token",
                      Json.write(
                          Json.object().put("access_token", value).put("token_type", "Bearer"))));
    }

    private String bucket(String name) {
      String bucket = option(name).orElse("");
      if (!bucket.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,254}") || bucket.contains("..")) {
        throw wrong(name, "must be a name of letters, digits, \".\", \"_\" and \"-\"");
      }
      String prefix = option("prefix").orElse("").replaceFirst("^/+", "").replaceFirst("/+$", "");
      return prefix.isEmpty()
          ? bucket
          : bucket + "/" + ManifestPath.normal(Fields.field(placed.field(), "prefix"), prefix);
    }

    /** The hosts, with names of buckets below them where a service is asked by these. */
    private List<String> endpoint(String name, String usual) {
      URI url = url(name, usual);
      int port =
          url.getPort() >= 0 ? url.getPort() : "https".equalsIgnoreCase(url.getScheme()) ? 443 : 80;
      String host = url.getHost() + ":" + port;
      if (option(name).isEmpty()) {
        return List.of(host, "*." + host);
      }
      settings.put("endpoint", dialled(url));
      return List.of(host);
    }

    private URI url(String name, String usual) {
      URI url;
      try {
        url = URI.create(option(name).orElse(usual));
      } catch (IllegalArgumentException e) {
        throw wrong(name, "is no URL");
      }
      String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
      if (!Set.of("http", "https").contains(scheme)
          || url.getHost() == null
          || url.getRawUserInfo() != null
          || url.getRawQuery() != null
          || url.getRawFragment() != null) {
        throw wrong(name, "must be a URL such as https://storage.example.org");
      }
      return url;
    }

    /** Go takes no proxy for names of its own machine, unless they end with a dot. */
    private static String dialled(URI url) {
      String host = url.getHost();
      boolean own = host.equalsIgnoreCase("localhost") || host.matches("127\\.[0-9.]+");
      return "%s://%s%s%s%s"
          .formatted(
              url.getScheme(),
              host,
              own ? "." : "",
              url.getPort() < 0 ? "" : ":" + url.getPort(),
              Optional.ofNullable(url.getRawPath()).orElse(""));
    }

    private ManifestException wrong(String name, String what) {
      return ManifestException.wrong(Fields.field(placed.field(), name), what);
    }
  }
}
