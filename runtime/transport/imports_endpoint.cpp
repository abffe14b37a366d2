#include "transport/imports_endpoint.hpp"

#include "transport/rejects_call.hpp"
#include "transport/unary_call.hpp"
#include "transport/upload_call.hpp"
#include "transport/watch_call.hpp"

namespace cxstream::transport {

namespace {

template <class Response>
Response with_job(v1::ImportJob job) {
  Response out;
  if constexpr (!std::is_same_v<Response, v1::DeleteImportResponse>)
    *out.mutable_job() = std::move(job);
  return out;
}

// A call that is answered later with a job.
template <class Response>
std::pair<grpc::ServerUnaryReactor*, ports::reply<v1::ImportJob>> job_call(Response* response) {
  auto call = std::make_shared<unary_call<Response>>(response);
  auto* reactor = unary_call<Response>::launch(call);
  return {reactor, sure_reply<v1::ImportJob>([call](base::result<v1::ImportJob> job) {
            call->answer(job ? base::result<Response>(with_job<Response>(*std::move(job))) : job.err());
          })};
}

} // namespace

base::result<void> imports_endpoint::may_see(const grpc::CallbackServerContext& context, const std::string& id) const {
  const auto reads = guard_.check(context, ports::permission::read);
  if (reads)
    return {};
  if (reads.err().code != base::error_code::permission_denied)
    return reads.err();
  const auto sends = guard_.check(context, ports::permission::ingest);
  const auto job = desk_.find(id);
  if (sends && job && !sends->key_id.empty() && job->created_by() == sends->key_id)
    return {};
  return reads.err();
}

grpc::ServerReadReactor<v1::UploadImportRequest>* imports_endpoint::UploadImport(grpc::CallbackServerContext* context,
                                                                                 v1::UploadImportResponse* response) {
  using refused = refused_stream<grpc::ServerReadReactor<v1::UploadImportRequest>>;
  auto allowed = guard_.check(*context, ports::permission::ingest);
  if (!allowed)
    return new refused(allowed.err());
  const auto may_program = [guard = guard_, context] {
    return bool(guard.check(*context, ports::permission::operate));
  };
  return upload_call::start(desk_, {allowed->key_id, std::move(allowed->sources)}, may_program, closed_, response);
}

grpc::ServerUnaryReactor* imports_endpoint::StartImport(grpc::CallbackServerContext* context,
                                                        const v1::StartImportRequest* request,
                                                        v1::StartImportResponse* response) {
  auto allowed = guard_.check(*context, ports::permission::operate); // it names files of the node
  if (!allowed)
    return refuse_call(*context, allowed.err());
  auto [reactor, done] = job_call(response);
  desk_.start(*request, {allowed->key_id, {}}, std::move(done));
  return reactor;
}

grpc::ServerUnaryReactor* imports_endpoint::ListImports(grpc::CallbackServerContext* context,
                                                        const v1::ListImportsRequest*,
                                                        v1::ListImportsResponse* response) {
  if (auto allowed = guard_.check(*context, ports::permission::read); !allowed)
    return refuse_call(*context, allowed.err());
  for (auto& job : desk_.list())
    *response->add_jobs() = std::move(job);
  auto* reactor = context->DefaultReactor();
  reactor->Finish(grpc::Status::OK);
  return reactor;
}

grpc::ServerUnaryReactor* imports_endpoint::GetImport(grpc::CallbackServerContext* context,
                                                      const v1::GetImportRequest* request,
                                                      v1::GetImportResponse* response) {
  if (auto allowed = may_see(*context, request->id()); !allowed)
    return refuse_call(*context, allowed.err());
  auto job = desk_.find(request->id());
  if (!job)
    return refuse_call(*context, job.err());
  *response->mutable_job() = *std::move(job);
  auto* reactor = context->DefaultReactor();
  reactor->Finish(grpc::Status::OK);
  return reactor;
}

grpc::ServerWriteReactor<v1::WatchImportResponse>*
imports_endpoint::WatchImport(grpc::CallbackServerContext* context, const v1::WatchImportRequest* request) {
  if (auto allowed = may_see(*context, request->id()); !allowed)
    return new refused_stream<grpc::ServerWriteReactor<v1::WatchImportResponse>>(allowed.err());
  return watch_call::start(desk_, request->id(), closed_);
}

grpc::ServerWriteReactor<v1::ExportImportRejectsResponse>*
imports_endpoint::ExportImportRejects(grpc::CallbackServerContext* context,
                                      const v1::ExportImportRejectsRequest* request) {
  if (auto allowed = may_see(*context, request->id()); !allowed)
    return new refused_stream<grpc::ServerWriteReactor<v1::ExportImportRejectsResponse>>(allowed.err());
  return rejects_call::start(desk_, request->id());
}

template <class Response>
grpc::ServerUnaryReactor* imports_endpoint::steer(grpc::CallbackServerContext* context, const std::string& id,
                                                  void (ports::import_desk::*wish)(const std::string&,
                                                                                   ports::reply<v1::ImportJob>),
                                                  Response* response) {
  if (auto allowed = guard_.check(*context, ports::permission::operate); !allowed)
    return refuse_call(*context, allowed.err());
  auto [reactor, done] = job_call(response);
  (desk_.*wish)(id, std::move(done));
  return reactor;
}

grpc::ServerUnaryReactor* imports_endpoint::PauseImport(grpc::CallbackServerContext* context,
                                                        const v1::PauseImportRequest* request,
                                                        v1::PauseImportResponse* response) {
  return steer(context, request->id(), &ports::import_desk::pause, response);
}

grpc::ServerUnaryReactor* imports_endpoint::ResumeImport(grpc::CallbackServerContext* context,
                                                         const v1::ResumeImportRequest* request,
                                                         v1::ResumeImportResponse* response) {
  return steer(context, request->id(), &ports::import_desk::resume, response);
}

grpc::ServerUnaryReactor* imports_endpoint::CancelImport(grpc::CallbackServerContext* context,
                                                         const v1::CancelImportRequest* request,
                                                         v1::CancelImportResponse* response) {
  return steer(context, request->id(), &ports::import_desk::cancel, response);
}

grpc::ServerUnaryReactor* imports_endpoint::DeleteImport(grpc::CallbackServerContext* context,
                                                         const v1::DeleteImportRequest* request,
                                                         v1::DeleteImportResponse* response) {
  return steer(context, request->id(), &ports::import_desk::forget, response);
}

} // namespace cxstream::transport
