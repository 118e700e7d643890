package dev.paddock.checks;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.paddock.core.PaddockException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The arrows between modules point down, and the house rules that a compiler does not hold. */
@Tag("rules")
class ArchitectureTest {
  private static final String ROOT = "dev.paddock.";

  /** Module → the modules it may use. */
  private static final Map<String, Set<String>> ARROWS =
      Map.ofEntries(
          Map.entry("core", Set.of()),
          Map.entry("store", Set.of("core")),
          Map.entry("provider", Set.of("core")),
          Map.entry("inference", Set.of("core", "provider")),
          Map.entry("sandbox", Set.of("core")),
          Map.entry("docker", Set.of("core", "sandbox")),
          Map.entry("egress", Set.of("core")),
          Map.entry("manifest", Set.of("core", "sandbox", "egress")),
          Map.entry("extract", Set.of("core", "provider")),
          Map.entry("web", Set.of("core", "egress")),
          Map.entry("agent", Set.of("core", "provider", "sandbox")),
          Map.entry(
              "node",
              Set.of(
                  "core",
                  "store",
                  "provider",
                  "inference",
                  "sandbox",
                  "extract",
                  "egress",
                  "web",
                  "manifest",
                  "agent")),
          Map.entry("server", Set.of("core", "store", "provider", "sandbox", "agent", "node")),
          Map.entry("anthropic", Set.of("core", "provider", "agent", "server.spi")),
          Map.entry("gemini", Set.of("core", "provider", "agent", "server.spi")),
          Map.entry("openai", Set.of("core", "provider", "agent", "server.spi")),
          Map.entry(
              "cli",
              Set.of(
                  "core",
                  "store",
                  "provider",
                  "inference",
                  "sandbox",
                  "extract",
                  "agent",
                  "node",
                  "server")));

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.paddock");

  static Set<String> modules() {
    return ARROWS.keySet();
  }

  @ParameterizedTest
  @MethodSource("modules")
  void arrowsPointDown(String module) {
    Set<String> allowed = new HashSet<>(ARROWS.get(module));
    allowed.add(module);
    DescribedPredicate<JavaClass> ours =
        DescribedPredicate.describe(
            "in a module that " + module + " may not use",
            type -> type.getPackageName().startsWith(ROOT) && !allowed(allowed, type));
    noClasses()
        .that()
        .resideInAPackage(ROOT + module + "..")
        .should()
        .dependOnClassesThat(ours)
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void everyModuleIsKnownAndFlat() {
    Set<String> allowed = new HashSet<>();
    for (String module : ARROWS.keySet()) {
      allowed.add(ROOT + module);
      allowed.add(ROOT + module + ".spi");
    }
    for (JavaClass type : CLASSES) {
      assertThat(allowed).as(type.getName()).contains(type.getPackageName());
    }
  }

  @Test
  void everyPackageIsNullMarked() {
    for (JavaClass type : CLASSES) {
      assertThat(type.getPackage().isAnnotatedWith(org.jspecify.annotations.NullMarked.class))
          .as(type.getPackageName())
          .isTrue();
    }
  }

  @Test
  void exceptionsCarryAnErrorCode() {
    classes()
        .that()
        .areAssignableTo(RuntimeException.class)
        .and()
        .areNotAssignableTo(PaddockException.class)
        .should()
        .notBePublic()
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void namesSayWhatAThingIs() {
    for (JavaClass type : CLASSES) {
      for (String vague : List.of("Util", "Utils", "Helper", "Manager", "Impl")) {
        assertThat(type.getSimpleName()).as(type.getName()).doesNotEndWith(vague);
      }
    }
  }

  @Test
  void onlyTheCommandLineEndsTheProcess() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + "cli")
        .should()
        .callMethod(System.class, "exit", int.class)
        .check(CLASSES);
  }

  /** A name with {@code .spi} allows only what a module gives others to implement. */
  private static boolean allowed(Set<String> modules, JavaClass type) {
    return modules.contains(moduleOf(type))
        || modules.contains(type.getPackageName().substring(ROOT.length()));
  }

  private static String moduleOf(JavaClass type) {
    String rest = type.getPackageName().substring(ROOT.length());
    int dot = rest.indexOf('.');
    return dot < 0 ? rest : rest.substring(0, dot);
  }
}
