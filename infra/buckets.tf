# Manifests. A run reads the generation that it began with, so old ones stay for
# as long as a run may be asked for again.
resource "google_storage_bucket" "root" {
  name                        = "${var.project}-glint-root"
  location                    = var.storage_location
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = !var.protected
  depends_on                  = [google_project_service.main]

  versioning {
    enabled = true
  }

  lifecycle_rule {
    action {
      type = "Delete"
    }

    condition {
      days_since_noncurrent_time = 365
    }
  }
}

# The ledger: what ran, and who holds what. Losing it is losing the protection
# against running twice.
resource "google_storage_bucket" "state" {
  name                        = "${var.project}-glint-state"
  location                    = var.storage_location
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = !var.protected
  depends_on                  = [google_project_service.main]
}

locals {
  temporary_bucket = "${var.project}-glint-temporary"

  # All that rows may wait in: ours, and those that manifests name.
  temporary_buckets = toset(concat([local.temporary_bucket], flatten(values(local.depots)[*].temporary_buckets)))
}

# Rows on their way. A run sweeps what it leaves; the rule is for what a killed
# one left. Deleted rows are not kept another week, at the price of storage.
resource "google_storage_bucket" "temporary" {
  for_each = setunion([local.temporary_bucket], var.temporary_buckets)

  name                        = each.key
  location                    = var.storage_location
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = true
  depends_on                  = [google_project_service.main]

  soft_delete_policy {
    retention_duration_seconds = 0
  }

  lifecycle_rule {
    action {
      type = "Delete"
    }

    condition {
      age = 1 # days
    }
  }

  lifecycle_rule {
    action {
      type = "AbortIncompleteMultipartUpload"
    }

    condition {
      age = 1
    }
  }
}

locals {
  uploaded = setsubtract(
    setunion(fileset(local.manifests, "workflows/*.yaml"), fileset(local.manifests, "depots/*.yaml"), fileset(local.manifests, "schedules.yaml")),
    fileset(local.manifests, "workflows/*.test.yaml"),
  )

  # Files that workflows name lie below them; runs look for them under parts/.
  parts = fileset("${local.manifests}/workflows", "*/**")
}

resource "google_storage_bucket_object" "root" {
  for_each = merge({ for f in local.uploaded : f => f }, { for f in local.parts : "parts/${f}" => "workflows/${f}" })

  bucket       = google_storage_bucket.root.name
  name         = each.key
  source       = "${local.manifests}/${each.value}"
  content_type = "application/yaml"
}

resource "google_storage_bucket_iam_member" "root" {
  for_each = local.scoped["root"]

  bucket = google_storage_bucket.root.name
  role   = each.key
  member = google_service_account.runner.member
}

resource "google_storage_bucket_iam_member" "state" {
  for_each = local.scoped["state"]

  bucket = google_storage_bucket.state.name
  role   = each.key
  member = google_service_account.runner.member
}

resource "google_storage_bucket_iam_member" "temporary" {
  for_each = { for pair in setproduct(local.temporary_buckets, local.scoped["temporary"]) : join(" ", pair) => pair }

  bucket     = each.value[0]
  role       = each.value[1]
  member     = google_service_account.runner.member
  depends_on = [google_storage_bucket.temporary]
}

# Depots exist already; what workflows do with them is granted.
resource "google_storage_bucket_iam_member" "depot" {
  for_each = merge([
    for d in values(local.depots) : {
      for role in setunion(d.read ? local.scoped["bucket_read"] : [], d.write ? local.scoped["bucket_write"] : []) : "${d.name} ${role}" => { bucket = d.bucket, role = role }
    } if d.type == "GCS"
  ]...)

  bucket = each.value.bucket
  role   = each.value.role
  member = google_service_account.runner.member
}
