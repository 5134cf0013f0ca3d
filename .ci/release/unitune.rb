# The formula of a release: the workflow fills in what stands between @s.
class Unitune < Formula
  desc "Turn one typed file into an ML fine-tuning platform on AWS"
  homepage "@REPOSITORY@"
  version "@VERSION@"
  license "MIT"

  on_macos do
    on_arm do
      url "@REPOSITORY@/releases/download/v@VERSION@/unitune-aarch64-apple-darwin"
      sha256 "@aarch64-apple-darwin@"
    end
    on_intel do
      url "@REPOSITORY@/releases/download/v@VERSION@/unitune-x86_64-apple-darwin"
      sha256 "@x86_64-apple-darwin@"
    end
  end
  on_linux do
    on_arm do
      url "@REPOSITORY@/releases/download/v@VERSION@/unitune-aarch64-unknown-linux-gnu"
      sha256 "@aarch64-unknown-linux-gnu@"
    end
    on_intel do
      url "@REPOSITORY@/releases/download/v@VERSION@/unitune-x86_64-unknown-linux-gnu"
      sha256 "@x86_64-unknown-linux-gnu@"
    end
  end

  def install
    bin.install Dir["unitune-*"].first => "unitune"
    generate_completions_from_executable(bin/"unitune", "completions", shells: [:bash, :zsh, :fish])
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/unitune --version")
  end
end
