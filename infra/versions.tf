terraform {
  # 1.11 has write-only arguments: the values of secrets stay out of the state.
  required_version = ">= 1.11"

  required_providers {
    google = {
      source = "hashicorp/google"
      # 7.40 has what is used here; 9 may take some of it away.
      version = ">= 7.40, < 9.0"
    }
  }
}
