locals {
  # Each function is a service of the same image. Times: what a function may take
  # (GLINT_DEADLINE) < what the service may take < what its caller waits for.
  doors = {
    run = {
      target        = "run"
      cpu           = var.run.cpu
      memory_gib    = var.run.memory_gib
      concurrency   = 1 # one run has the whole memory
      max_instances = var.run.max_instances
      deadline      = "540s"
      timeout       = "570s"
    }
    rerun = {
      target        = "rerun"
      cpu           = 1
      memory_gib    = 1
      concurrency   = 20
      max_instances = 5
      deadline      = "50s"
      timeout       = "55s"
    }
    reconcile = {
      target        = "reconcile"
      cpu           = 1
      memory_gib    = 1
      concurrency   = 1
      max_instances = 2
      deadline      = "270s"
      timeout       = "290s"
    }
    # Pub/Sub's pushes bear no key, so Event Grid has a door of its own.
    grid = {
      target        = "rerun"
      cpu           = 1
      memory_gib    = 1
      concurrency   = 20
      max_instances = 5
      deadline      = "25s" # Event Grid waits 30 s
      timeout       = "28s"
    }
  }
  functions = { for name, f in local.doors : name => f if name != "grid" || var.event_grid }

  environment = {
    GLINT_PROJECT           = var.project
    GLINT_ROOT              = "gs://${google_storage_bucket.root.name}"
    GLINT_STATE             = "gs://${google_storage_bucket.state.name}"
    GLINT_TOPIC             = local.topic_ids["glint-runs"]
    GLINT_DEAD_LETTER_TOPIC = local.topic_ids["glint-dead-letters"]
    GLINT_TEMPORARY_BUCKET  = google_storage_bucket.temporary[local.temporary_bucket].name
    GLINT_LEDGER            = var.ledger
    GLINT_LOG_LEVEL         = var.log_level
  }
}

resource "google_cloud_run_v2_service" "main" {
  for_each = local.functions

  name                = "glint-${each.key}"
  location            = var.region
  ingress             = each.key == "grid" ? "INGRESS_TRAFFIC_ALL" : "INGRESS_TRAFFIC_INTERNAL_ONLY"
  deletion_protection = var.protected

  template {
    service_account                  = google_service_account.runner.email
    execution_environment            = "EXECUTION_ENVIRONMENT_GEN2" # all of Linux: named pipes
    timeout                          = each.value.timeout
    max_instance_request_concurrency = each.value.concurrency

    scaling {
      min_instance_count = 0
      max_instance_count = each.value.max_instances
    }

    containers {
      image = var.image

      resources {
        limits            = { cpu = tostring(each.value.cpu), memory = "${each.value.memory_gib}Gi" }
        cpu_idle          = true # billed while a request is served
        startup_cpu_boost = true
      }

      dynamic "env" {
        for_each = merge(local.environment, { FUNCTION_TARGET = each.value.target, GLINT_DEADLINE = each.value.deadline })

        content {
          name  = env.key
          value = env.value
        }
      }

      dynamic "env" {
        for_each = { for s in google_secret_manager_secret.event_key : "GLINT_EVENT_KEY" => s.secret_id if each.key == "grid" }

        content {
          name = env.key

          value_source {
            secret_key_ref {
              secret  = env.value
              version = "latest"
            }
          }
        }
      }
    }
  }

  # A revision that may not yet read does not start.
  depends_on = [
    google_project_service.main,
    google_secret_manager_secret_iam_member.event_key,
    google_secret_manager_secret_version.main,
    google_storage_bucket_iam_member.root,
    google_storage_bucket_iam_member.state,
  ]
}

resource "google_cloud_run_v2_service_iam_member" "caller" {
  for_each = { for name, f in local.functions : name => f if name != "grid" }

  location = var.region
  name     = google_cloud_run_v2_service.main[each.key].name
  role     = "roles/run.invoker"
  member   = google_service_account.caller.member
}

# Event Grid has no account at Google: the door is open, and wants the key.
resource "google_cloud_run_v2_service_iam_member" "grid" {
  count = var.event_grid ? 1 : 0

  location = var.region
  name     = google_cloud_run_v2_service.main["grid"].name
  role     = "roles/run.invoker"
  member   = "allUsers"
}
