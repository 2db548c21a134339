//! The Python in the name of a container's image: `python:3.12-slim`, `public.ecr.aws/lambda/python:3.12`, `uv:python3.12-bookworm`.

use super::first;

/// The version as the image's name has it; `None` where the image is not one of Python, or does not say, or is held to a digest.
pub(super) fn version(image: &str) -> Option<&str> {
    if image.contains('@') {
        return None;
    }
    let (repository, tag) = image.rsplit_once(':')?;
    let name = repository.rsplit('/').next().unwrap_or(repository);
    let (version, _) = first(tag)?;
    (name == "python" || tag.contains(&format!("python{version}"))).then_some(version)
}

#[cfg(test)]
mod tests {
    use super::version;

    #[test]
    fn images_of_python_say_their_version() {
        for (image, said) in [
            ("python:3.12", Some("3.12")),
            ("python:3.12.4-slim-bookworm", Some("3.12.4")),
            ("python:3.12-alpine3.19", Some("3.12")),
            ("public.ecr.aws/lambda/python:3.13", Some("3.13")),
            (
                "mcr.microsoft.com/devcontainers/python:1-3.12-bookworm",
                Some("3.12"),
            ),
            (
                "mcr.microsoft.com/azure-functions/python:4-python3.11",
                Some("3.11"),
            ),
            (
                "ghcr.io/astral-sh/uv:python3.12-bookworm-slim",
                Some("3.12"),
            ),
            ("host:5000/python:3.12", Some("3.12")),
            ("python:alpine3.19", None),
            ("python:3", None),
            ("python", None),
            ("node:3.12", None),
            ("python:3.12@sha256:0123", None),
        ] {
            assert_eq!(version(image), said, "{image}");
        }
    }
}
